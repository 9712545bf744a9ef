$ regulars programme publish testdata/in/programme.yaml
Published: corner holds from 2026-01-01T00:00:00+01:00, with 1 earning rule, 1 tier, 1 offer, 1 campaign.

$ regulars card enrol --number 77000001 --store 0042 --given Mira
Enrolled card 77000001.
Card 77000001: 0 points, no tier
  shopper   Mira
  since     2026-11-21, 0 visits
  next      Silver: 50 points more, 50.00 EUR at the base rate

$ regulars card enrol --number 77000002 --store 0042 --given Mira
Enrolled card 77000002.
Card 77000002: 0 points, no tier
  shopper   Mira
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

$ regulars card adjust 77000002 --points 10 --reason 'Cold coffee' --by Mira --id a-2
Adjusted card 77000002.
Card 77000002: 10 points, no tier
  shopper   Mira
  since     2026-11-21, 0 visits
  next      Silver: 50 points more, 50.00 EUR at the base rate
  lot       10 points, never expire

WHEN              WHAT    POINTS  BALANCE  CAUSE
2026-11-21 12:00  adjust  +10     10       adjust:a-2 (Cold coffee, Mira)

$ regulars card merge 77000001 77000002 --reason 'One shopper' --by Mira --id m-1
Merged card 77000001.
Card 77000001, first 77000002: 35 points, no tier
  shopper   Mira
  since     2026-11-21, 0 visits
  next      Silver: 50 points more, 50.00 EUR at the base rate
  lot       10 points, never expire
  lot       25 points, never expire

WHEN              WHAT    POINTS  BALANCE  CAUSE
2026-11-21 12:00  move    +25     35       merge:m-1 (One shopper, Mira)
2026-11-21 12:00  adjust  +10     10       adjust:a-2 (Cold coffee, Mira)

$ regulars card merge 77000002 77000001 --reason 'One shopper' --by Mira --id m-2
regulars: Both numbers lead to card 77000002 already
(exit 1)

$ regulars card merge 77000001 --reason 'One shopper' --by Mira
regulars: the card's number and that of the card that remains is missing
Try `regulars card merge --help`.
(exit 2)

$ regulars card 77000001
Card 77000001, first 77000002: 35 points, no tier
  shopper   Mira
  since     2026-11-21, 0 visits
  next      Silver: 50 points more, 50.00 EUR at the base rate
  lot       10 points, never expire
  lot       25 points, never expire

WHEN              WHAT    POINTS  BALANCE  CAUSE
2026-11-21 12:00  move    +25     35       merge:m-1 (One shopper, Mira)
2026-11-21 12:00  adjust  +10     10       adjust:a-2 (Cold coffee, Mira)

$ regulars verify
1 card with 35 points in 4 entries: 0 live coupons
0 receipts (0 of guests, 0 kept without earning), 0 returns, 0 messages
Everything adds up.

$ regulars card unmerge 77000001 --reason 'Two shoppers' --by Mira --id u-1
Card 77000001 is a card of its own again.
Card 77000001: 25 points, no tier
  shopper   Mira
  since     2026-11-21, 0 visits
  next      Silver: 50 points more, 50.00 EUR at the base rate
  lot       25 points, never expire

WHEN              WHAT    POINTS  BALANCE  CAUSE
2026-11-21 12:00  move    +25     25       unmerge:u-1 (Two shoppers, Mira)
2026-11-21 12:00  move    -25     0        merge:m-1 (One shopper, Mira)
2026-11-21 12:00  adjust  +25     25       adjust:a-1 (Cold coffee, Mira)

$ regulars verify --replay
2 cards with 35 points in 6 entries: 0 live coupons
0 receipts (0 of guests, 0 kept without earning), 0 returns, 0 messages
Everything adds up.

Decided again on 2 cards: 0 receipts, 0 returns, 0 expiries
  taken as they stand: 6 entries of staff and campaigns
Every answer comes out as it is recorded.

