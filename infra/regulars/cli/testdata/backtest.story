# A draft is tried on the past before anybody publishes it.
$ regulars backtest testdata/in/programme.next.yaml --receipts testdata/in/sales.csv --map testdata/in/sales.map.yaml --against none
5 receipts (1 of guests) with 6 lines and 1 return, 2026-03-01 to 2026-03-14, in EUR
9 rows left out: adjustment 1, guest_return 1, more_than_sold 1, negative_sale 1, no_original 1, nothing_paid 1, number_unreadable 1, row_unreadable 1, time_unreadable 1

                                      DRAFT
prices before discounts               3092.50
discounts of offers                   0.00
receipts that offers touch            0
paid back for returns                 12.50
left                                  3080.00
points issued                         3080
points reversed                       13
points expired                        0
points outstanding                    3067
worth of points issued less reversed  30.67
coupons granted                       1
coupons redeemed                      0

Assumed: nobody buys anything because of the draft; it takes nothing off any receipt.
Assumed: of the coupons 100 % are used, each at the first chance.
Assumed: every shopper has an e-mail address and has given all consents.

# W-2: 20 % from 50.00 over the last eight weeks: receipts touched, discount given, margin after, and who is assumed to have bought anyway.
$ regulars backtest testdata/in/programme.fifth.yaml --receipts testdata/in/sales.csv --map testdata/in/sales.map.yaml --against none --from 2026-01-18 --to 2026-03-14 --margin 0.35
5 receipts (1 of guests) with 6 lines and 1 return, 2026-03-01 to 2026-03-14, in EUR
9 rows left out: adjustment 1, guest_return 1, more_than_sold 1, negative_sale 1, no_original 1, nothing_paid 1, number_unreadable 1, row_unreadable 1, time_unreadable 1

                                      DRAFT
prices before discounts               3092.50
discounts of offers                   615.40
receipts that offers touch            2
paid back for returns                 10.00
left                                  2467.10
points issued                         2464
points reversed                       10
points expired                        0
points outstanding                    2454
worth of points issued less reversed  24.54
coupons granted                       0
coupons redeemed                      0
margin after discounts and points     440.56

       OFFER  RECEIPTS  BY COUPON  COST EUR  NAME
draft  fifth  2         0          615.40    20 % from 50.00

Assumed: all would have bought the same anyway, the shoppers of 2 cards on 2 receipts with a discount among them: the 615.40 EUR are given away, and win no purchase.
Assumed: a share of 0.35 of every price before discounts is not the goods' cost.
Assumed: every shopper has an e-mail address and has given all consents.

$ regulars programme publish testdata/in/programme.yaml
Published: corner holds from 2026-01-01T00:00:00+01:00, with 1 earning rule, 1 tier, 1 offer, 1 campaign.

$ regulars backtest testdata/in/programme.next.yaml --receipts testdata/in/sales.csv --map testdata/in/sales.map.yaml --margin 0.35
5 receipts (1 of guests) with 6 lines and 1 return, 2026-03-01 to 2026-03-14, in EUR
9 rows left out: adjustment 1, guest_return 1, more_than_sold 1, negative_sale 1, no_original 1, nothing_paid 1, number_unreadable 1, row_unreadable 1, time_unreadable 1

                                      CURRENT  DRAFT    DIFFERENCE
prices before discounts               3092.50  3092.50  0.00
discounts of offers                   0.00     0.00     0.00
receipts that offers touch            0        0        0
paid back for returns                 12.50    12.50    0.00
left                                  3080.00  3080.00  0.00
points issued                         3080     3080     0
points reversed                       13       13       0
points expired                        0        0        0
points outstanding                    3067     3067     0
worth of points issued less reversed  30.67    30.67    0.00
coupons granted                       2        1        -1
coupons redeemed                      0        0        0
margin after discounts and points     1047.33  1047.33  0.00

TIER    CURRENT  DRAFT
base    2        4
silver  2        0
  2 cards from silver to base

0 cards gain 0.00 EUR in discounts and points, 0 cards lose 0.00 EUR, 4 stay as they are.

Assumed: nobody buys anything because of the draft; it takes nothing off any receipt.
Assumed: of the coupons 100 % are used, each at the first chance.
Assumed: a share of 0.35 of every price before discounts is not the goods' cost.
Assumed: every shopper has an e-mail address and has given all consents.

$ regulars backtest testdata/in/programme.next.yaml --receipts store
regulars: there are no receipts to play
(exit 1)

$ regulars send testdata/in/receipt.json
Receipt 0042/03/000173 brings 59 points to card 77000001, which has 59 now.
  The card is new: this was its first swipe.
  The tier is Silver now; it was the base.
  Coupon N9P1Y9 is granted: 10 % off, good until 2026-12-21.

$ regulars send testdata/in/return.json
Return R-9 of receipt 0042/03/000173 takes back 20 points from card 77000001, which has 39 now.
  20.00 EUR go back to the shopper.
  The tier is the base now; it was Silver.

$ regulars backtest testdata/in/programme.next.yaml --receipts store --point 0.005
1 receipt (0 of guests) with 2 lines and 1 return, 2026-11-20 to 2026-11-20, in EUR

                                      CURRENT  DRAFT  DIFFERENCE
prices before discounts               59.90    59.90  0.00
discounts of offers                   0.00     0.00   0.00
receipts that offers touch            0        0      0
paid back for returns                 20.00    20.00  0.00
left                                  39.90    39.90  0.00
points issued                         59       179    120
points reversed                       20       60     40
points expired                        0        0      0
points outstanding                    39       119    80
worth of points issued less reversed  0.20     0.60   0.40
coupons granted                       1        0      -1
coupons redeemed                      0        0      0

1 card gains 0.40 EUR in discounts and points, 0 cards lose 0.00 EUR, 0 stay as they are.
TENTH  CARDS  FROM  TO    MEAN
1      1      0.40  0.40  0.40

Assumed: nobody buys anything because of the draft; it takes nothing off any receipt.
Assumed: every shopper has an e-mail address and has given all consents.

$ regulars backtest testdata/in/programme.next.yaml --receipts store --from 2026-11-01 --to 2026-11-30 --json
{
  "complete": true,
  "currency": "EUR",
  "played": {
    "receipts": 1,
    "guests": 0,
    "lines": 2,
    "returns": 1,
    "first": "2026-11-20T09:00:00Z",
    "last": "2026-11-20T09:00:00Z"
  },
  "rows_left_out": 0,
  "draft": {
    "programme": "corner",
    "gross": 5990,
    "discount": 0,
    "receipts_touched": 0,
    "cards_touched": 0,
    "refund": 2000,
    "gross_back": 2000,
    "points_issued": 179,
    "points_reversed": 60,
    "points_expired": 0,
    "points_capped": 0,
    "points_outstanding": 119,
    "coupons_granted": 0,
    "coupons_redeemed": 0,
    "coupons_reinstated": 0,
    "coupons_voided": 0,
    "cards": 1,
    "tiers": {
      "": 1
    },
    "offers": [],
    "receipts_unpriced": 0,
    "returns_not_played": 0,
    "net": 3990,
    "points_worth": 119
  },
  "against": {
    "programme": "corner",
    "gross": 5990,
    "discount": 0,
    "receipts_touched": 0,
    "cards_touched": 0,
    "refund": 2000,
    "gross_back": 2000,
    "points_issued": 59,
    "points_reversed": 20,
    "points_expired": 0,
    "points_capped": 0,
    "points_outstanding": 39,
    "coupons_granted": 1,
    "coupons_redeemed": 0,
    "coupons_reinstated": 0,
    "coupons_voided": 0,
    "cards": 1,
    "tiers": {
      "": 1
    },
    "offers": [],
    "receipts_unpriced": 0,
    "returns_not_played": 0,
    "net": 3990,
    "points_worth": 39
  },
  "gains": {
    "cards_gaining": 1,
    "cards_losing": 0,
    "cards_unchanged": 0,
    "gained": 80,
    "lost": 0,
    "deciles": [
      {
        "cards": 1,
        "from": 80,
        "to": 80,
        "mean": 80
      }
    ]
  },
  "assumed": [
    "nobody buys anything because of the draft; it takes nothing off any receipt",
    "every shopper has an e-mail address and has given all consents"
  ]
}

$ regulars backtest testdata/in/programme.bad.yaml --receipts store
testdata/in/programme.bad.yaml:4:11: /currency: invalid amount: "DOUBLOONS" is not an ISO 4217 currency
testdata/in/programme.bad.yaml:18:40: /offers/0/percent: "ten" is no percentage from 0.01 to 100 with at most two decimals
(exit 3)

$ regulars backtest testdata/in/programme.next.yaml
regulars: --receipts is missing: a file, or store
Try `regulars backtest --help`.
(exit 2)

$ regulars backtest testdata/in/programme.next.yaml --receipts store --margin 35
regulars: --margin is a share from 0 to 1 such as 0.35
Try `regulars backtest --help`.
(exit 2)

$ regulars backtest testdata/in/programme.next.yaml --receipts testdata/in/none.csv
regulars: open testdata/in/none.csv: no such file or directory
(exit 1)

