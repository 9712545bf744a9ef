# A campaign that is paused while a shopper buys: the coupon of that receipt is never granted.
$ regulars programme publish testdata/in/programme.explain.yaml
Published: corner holds from 2026-01-01T00:00:00+01:00, with 5 earning rules, 1 tier, 3 offers, 1 campaign.

$ regulars campaign pause big --by Mira --why 'out of stock'
big: paused
version c9f477fe
  2026-11-21 12:00  pause by Mira: out of stock

$ regulars send testdata/in/receipt.explain.json
Receipt 0042/03/4711 brings 91 points to card 77000001, which has 91 now.
  The card is new: this was its first swipe.
  The tier is Silver now; it was the base.

$ regulars explain 0042/03/4711
0042/03/4711 of 2026-11-20 09:00, 63.99 EUR: in the book of card 77000001
  logs      J1JM0FTHB9AG4YDR
  rules     version 5e5717846bc6, from 2026-01-01 00:00
LINE         PIECES  PRICE      OFF       COUNTS     POINTS
  1 tea      3       39.99 EUR  0.00 EUR  39.99 EUR  59.985 by tea, 0 by base
  2 pots     1       20.00 EUR  4.00 EUR  16.00 EUR  16 by base, 16 by double
  3 tobacco  1       8.00 EUR   0.00 EUR  0.00 EUR   never
  offer five    not applied   min_basket: needs 12.01 EUR more
  offer pots    4.00 EUR off  applied
  offer ten     not applied   coupon_missing
  rule base    counted    16
  rule tea     counted    59.985
  rule double  counted    16
  rule large   condition  receipt.total is 63.99 EUR, wanted at least 100.00 EUR
  rule may     over
  points    91.985 by the rules, 0.985 below a point is cut off: 91
  book      says the same
  posted    +91 points
  lot       live until 2027-11-30
  tier      from - to silver
  withheld  big: paused

$ regulars why 77000001 big
occasion 0042/03/4711
  occasion  passes  it was about to speak with 0042/03/4711 at 2026-11-20 09:00
  steering  stops   paused when that was decided
withheld: paused

$ regulars campaign resume big --by Mira
big: running
version c9f477fe
  2026-11-21 12:00  pause by Mira: out of stock
  2026-11-21 12:00  resume by Mira

# The same receipt gets its first answer, and comes back as what it was.
$ regulars send testdata/in/receipt.explain.json
Receipt 0042/03/4711 was known already; nothing has changed.
  It had brought 91 points to card 77000001, which had 91 then.

$ regulars send testdata/in/return.explain.json
Return R-9 of receipt 0042/03/4711 takes back 32 points from card 77000001, which has 59 now.
  16.00 EUR go back to the shopper.

$ regulars campaign kill --all --by Jon --why 'wrong prices'
*: killed
  2026-11-21 12:00  kill by Jon: wrong prices

$ regulars verify --replay
1 card with 59 points in 2 entries: 0 live coupons
1 receipt (0 of guests, 0 kept without earning), 1 return, 0 messages
Everything adds up.

Decided again on 1 card: 1 receipt, 1 return, 0 expiries
Every answer comes out as it is recorded.

