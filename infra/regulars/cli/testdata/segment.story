$ regulars programme publish testdata/in/segments.yaml
Published: corner holds from 2026-01-01T00:00:00+01:00, with 1 earning rule, 1 tier, 1 offer, 1 campaign.

$ regulars card enrol --number 77000001 --store 0042 --given Mira
Enrolled card 77000001.
Card 77000001: 0 points, no tier
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

$ regulars card enrol --number 77000002 --store 0042 --given Bo
Enrolled card 77000002.
Card 77000002: 0 points, no tier
  shopper   Bo
  since     2026-11-21, 0 visits
  next      Silver: 50 points more, 50.00 EUR at the base rate

$ regulars segment list
rich                     Twenty points and more
poor
visitors
best

$ regulars segment count rich
1 of 2 cards in rich.
  77000001

$ regulars segment count poor --json
{
  "cards": 2,
  "in": 1,
  "sample": [
    "77000002"
  ]
}

$ regulars segment explain rich 77000001
Card 77000001 is in rich.

$ regulars segment explain rich 77000002
Card 77000002 is not in rich:
  card.points is 0, wanted at least 20

$ regulars segment count nobody
regulars: the programme has no segment "nobody"
(exit 1)

$ regulars segment explain rich 77000009
regulars: no card has the number 77000009; scan it again or enrol it
(exit 1)

$ regulars send testdata/in/segment-sale.json
Receipt 0042/03/000321 brings 12 points to card 77000002, which has 12 now.

$ regulars segment count visitors
1 of 2 cards in visitors.
  77000002

$ regulars segment explain visitors 77000001
Card 77000001 is not in visitors:
  visits.last_30_days is 0, wanted at least 1

$ regulars segment explain best 77000002
Card 77000002 is not in best:
  rfm.money is unknown, wanted 5

$ regulars segment rfm
1 card that bought something, as of 2026-11-21 12:00 UTC.
SCORE  DAYS SINCE  CARDS  PURCHASES  CARDS  MONEY EUR   CARDS
5      up to 1     1      from 1     1      from 12.50  1
4      up to 1     0      from 1     0      from 12.50  0
3      up to 1     0      from 1     0      from 12.50  0
2      up to 1     0      from 1     0      from 12.50  0
1      more        0      fewer      0      less        0
A value at a cut has the higher score. Rules ask for rfm.recency, rfm.frequency and rfm.money.

$ regulars segment explain best 77000002
Card 77000002 is in best.

$ regulars segment rfm --at 2027-01-01
regulars: 2027-01-01 22:59:59 lies ahead; scores are of now or of the past
(exit 1)

