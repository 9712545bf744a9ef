$ regulars programme publish testdata/in/programme.explain.yaml
Published: corner holds from 2026-01-01T00:00:00+01:00, with 5 earning rules, 1 tier, 3 offers, 1 campaign.

$ regulars explain 0042/03/4711
regulars: receipt 0042/03/4711 is not known; send its checkout first
(exit 1)

$ regulars send testdata/in/receipt.explain.json
Receipt 0042/03/4711 brings 91 points to card 77000001, which has 91 now.
  The card is new: this was its first swipe.
  The tier is Silver now; it was the base.
  Coupon ES7W7E is granted: 10 % off, good until 2026-12-21.

$ regulars send testdata/in/return.explain.json
Return R-9 of receipt 0042/03/4711 takes back 32 points from card 77000001, which has 59 now.
  16.00 EUR go back to the shopper.

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
  coupon    granted: ES7W7E, ten, big, 2026-12-21
return R-9 of 2026-11-21 10:00: 16.00 EUR back by counterfactual
  line      1 of 2: 16.00 EUR
  points    the receipt was worth 91 and is worth 59
  posted    -32 points
  tier      silver

# The entry of a return leads to its receipt.
$ regulars explain 0042/03/4711~1 --json
{
  "receipt": "0042/03/4711",
  "at": "2026-11-20T09:00:00Z",
  "card": "77000001",
  "total": {
    "amount": 6399,
    "currency": "EUR"
  },
  "outcome": "posted",
  "rules": {
    "from": "2026-01-01T00:00:00+01:00",
    "version": "5e5717846bc6acbc6f00e4be7705d65ec19dc0158af364063b3b64357e2c0c02"
  },
  "agrees": true,
  "reckoned": {
    "lines": [
      {
        "line": "1",
        "category": "tea",
        "pieces": 3,
        "amount": {
          "amount": 3999,
          "currency": "EUR"
        },
        "discount": {
          "amount": 0,
          "currency": "EUR"
        },
        "counts": {
          "amount": 3999,
          "currency": "EUR"
        },
        "by": [
          {
            "rule": "tea",
            "points": "59.985"
          },
          {
            "rule": "base",
            "points": "0"
          }
        ]
      },
      {
        "line": "2",
        "category": "pots",
        "pieces": 1,
        "amount": {
          "amount": 2000,
          "currency": "EUR"
        },
        "discount": {
          "amount": 400,
          "currency": "EUR"
        },
        "counts": {
          "amount": 1600,
          "currency": "EUR"
        },
        "by": [
          {
            "rule": "base",
            "points": "16"
          },
          {
            "rule": "double",
            "points": "16"
          }
        ]
      },
      {
        "line": "3",
        "category": "tobacco",
        "pieces": 1,
        "amount": {
          "amount": 800,
          "currency": "EUR"
        },
        "discount": {
          "amount": 0,
          "currency": "EUR"
        },
        "counts": {
          "amount": 0,
          "currency": "EUR"
        },
        "left_out": "never"
      }
    ],
    "rules": [
      {
        "rule": "base",
        "outcome": "counted",
        "points": "16"
      },
      {
        "rule": "tea",
        "outcome": "counted",
        "points": "59.985"
      },
      {
        "rule": "double",
        "outcome": "counted",
        "points": "16"
      },
      {
        "rule": "large",
        "outcome": "condition",
        "why": [
          "receipt.total is 63.99 EUR, wanted at least 100.00 EUR"
        ]
      },
      {
        "rule": "may",
        "outcome": "over"
      }
    ],
    "points_exact": "91.985",
    "points_worth": "91",
    "points_cut": "0.985"
  },
  "offers": [
    {
      "offer": "five",
      "applied": false,
      "took": {
        "amount": 0,
        "currency": "EUR"
      },
      "by_rules": {
        "amount": 0,
        "currency": "EUR"
      },
      "reason": "min_basket",
      "detail": "needs 12.01 EUR more"
    },
    {
      "offer": "pots",
      "applied": true,
      "took": {
        "amount": 400,
        "currency": "EUR"
      },
      "by_rules": {
        "amount": 400,
        "currency": "EUR"
      },
      "reason": "applied"
    },
    {
      "offer": "ten",
      "applied": false,
      "took": {
        "amount": 0,
        "currency": "EUR"
      },
      "by_rules": {
        "amount": 0,
        "currency": "EUR"
      },
      "reason": "coupon_missing"
    }
  ],
  "posted": {
    "points": 91,
    "lot": {
      "points": 91,
      "expires_on": "2027-11-30"
    },
    "tier": "silver",
    "coupons_granted": [
      {
        "coupon": "ES7W7E",
        "offer": "ten",
        "campaign": "big",
        "expires_on": "2026-12-21"
      }
    ]
  },
  "returns": [
    {
      "return": "R-9",
      "at": "2026-11-21T10:00:00Z",
      "refund": {
        "amount": 1600,
        "currency": "EUR"
      },
      "basis": "counterfactual",
      "lines": [
        {
          "line": "2",
          "pieces": 1,
          "amount": {
            "amount": 1600,
            "currency": "EUR"
          }
        }
      ],
      "points_before": "91",
      "points_after": "59",
      "posted": {
        "points": -32,
        "tier_before": "silver",
        "tier": "silver"
      }
    }
  ]
}

# A guest's is explained as it would earn.
$ regulars send testdata/in/receipt.guest.json
Receipt 0042/03/000174 is kept. No card was swiped, so nothing is earned.

$ regulars explain 0042/03/000174
0042/03/000174 of 2026-11-20 09:00, 59.90 EUR: a guest's; nobody has claimed it
  logs      HY8DCD17ABK2FXZG
  rules     version 5e5717846bc6, from 2026-01-01 00:00
LINE      PIECES  PRICE      OFF       COUNTS     POINTS
  1 tea   2       40.00 EUR  0.00 EUR  40.00 EUR  60 by tea, 0 by base
  2 pots  1       19.90 EUR  0.00 EUR  19.90 EUR  19.9 by base, 19.9 by double
  offer five    not applied                                  min_basket: needs 20.10 EUR more
  offer pots    not told by the till, by the rules 3.98 EUR  applied
  offer ten     not applied                                  coupon_missing
  rule base    counted    19.9
  rule tea     counted    60
  rule double  counted    19.9
  rule large   condition  receipt.total is 59.90 EUR, wanted at least 100.00 EUR
  rule may     over
  points    99.8 by the rules, 0.8 below a point is cut off: 99

$ regulars explain ../../etc
regulars: receipt "../../etc" is not named STORE/TILL/NUMBER, as 0042/03/000173 is
Try `regulars explain --help`.
(exit 2)

$ regulars explain 0042/../000174
regulars: receipt "0042/../000174" is not named STORE/TILL/NUMBER, as 0042/03/000173 is
Try `regulars explain --help`.
(exit 2)

$ regulars explain 4711
regulars: receipt "4711" is not named STORE/TILL/NUMBER, as 0042/03/000173 is
Try `regulars explain --help`.
(exit 2)

