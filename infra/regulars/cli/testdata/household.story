$ regulars programme publish testdata/in/household.yaml
Published: corner holds from 2026-01-01T00:00:00+01:00, with 1 earning rule, 1 tier, 1 offer, 1 campaign.

$ regulars card enrol --number 77000001 --store 0042 --given Mira
Enrolled card 77000001.
Card 77000001: 0 points, no tier
  shopper   Mira
  since     2026-11-21, 0 visits
  next      Silver: 50 points more, 50.00 EUR at the base rate

$ regulars card enrol --number 77000002 --store 0042 --given Ben
Enrolled card 77000002.
Card 77000002: 0 points, no tier
  shopper   Ben
  since     2026-11-21, 0 visits
  next      Silver: 50 points more, 50.00 EUR at the base rate

$ regulars card adjust 77000001 --points 25 --reason 'Cold coffee' --by Mira --id a-1
Adjusted card 77000001.
Card 77000001: 25 points, no tier
  shopper   Mira
  since     2026-11-21, 0 visits
  next      Silver: 50 points more, 50.00 EUR at the base rate
  lot       25 points, never expire

WHEN              WHAT    POINTS  BALANCE  CAUSE
2026-11-21 12:00  adjust  +25     25       adjust:a-1 (Cold coffee, Mira)

$ regulars household join 77000001 77000002 --reason 'One household' --by Mira --id j-1
Card 77000001 shares its points now.
Card 77000001, first 77000002: 25 points, no tier
  shopper   Mira
  since     2026-11-21, 0 visits
  next      Silver: 50 points more, 50.00 EUR at the base rate
  lot       25 points, never expire

WHEN              WHAT  POINTS  BALANCE  CAUSE
2026-11-21 12:00  move  +25     25       join:j-1 (One household, Mira)

$ regulars household 77000001
2 cards, of at most 3; a member leaves with: own
  card      77000002, 0 points, holds the book
  card      77000001, 25 points

$ regulars household show 77000002 --json
{
  "card": "77000002",
  "members": [
    {
      "card": "77000002",
      "number": "77000002",
      "holder": true,
      "points": 0
    },
    {
      "card": "77000001",
      "number": "77000001",
      "holder": false,
      "points": 25
    }
  ],
  "most": 3,
  "leaves_with": "own"
}

$ regulars verify
1 card with 25 points in 3 entries: 0 live coupons
0 receipts (0 of guests, 0 kept without earning), 0 returns, 0 messages
Everything adds up.

$ regulars household leave 77000002 --reason 'Moved out' --by Mira --id l-0
regulars: Card 77000002 holds the household's points; the members leave it, and it stays
(exit 1)

$ regulars household leave 77000001 --reason 'Moved out' --by Mira --id l-1
Card 77000001 is one of its own again.
Card 77000001: 25 points, no tier
  shopper   Mira
  since     2026-11-21, 0 visits
  next      Silver: 50 points more, 50.00 EUR at the base rate
  lot       25 points, never expire

WHEN              WHAT    POINTS  BALANCE  CAUSE
2026-11-21 12:00  move    +25     25       leave:l-1 (Moved out, Mira)
2026-11-21 12:00  move    -25     0        join:j-1 (One household, Mira)
2026-11-21 12:00  adjust  +25     25       adjust:a-1 (Cold coffee, Mira)

$ regulars verify
2 cards with 25 points in 5 entries: 0 live coupons
0 receipts (0 of guests, 0 kept without earning), 0 returns, 0 messages
Everything adds up.

