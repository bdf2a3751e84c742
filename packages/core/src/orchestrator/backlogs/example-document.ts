/** EXAMPLE_DOCUMENT shows what a requirements document looks like that tasks can be made of, with a model or without. */
export const EXAMPLE_DOCUMENT = `# Name of the product

## What it is for

Say in a few sentences who needs this, what they do today, and what will be better for them.

## Who uses it

- A shopkeeper who takes orders by telephone and wants to see them in one place.
- A driver who must know on the road what to deliver next.

## What it does

Write one heading for each part. Say what must be there, what should be, and what each part depends on.

### Orders

- An order must have a customer, a list of articles and a date.
- It must be possible to change an order until it is delivered.

### Deliveries

Depends on: Orders

- The driver must see the orders of the day, nearest first.
- A delivery should be confirmed with one tap.

## How it is built

Name what is decided already: language, database, where it runs, what it must work with.

## How it is checked

Say for each part how somebody sees that it works.

## What is left for later

List what is deliberately not in the first version.
`;
