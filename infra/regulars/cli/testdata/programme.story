# A programme is planned, compared, published, and found again.
$ regulars programme publish testdata/in/programme.yaml --by Mira --note 'the first one'
Published: corner holds from 2026-01-01T00:00:00+01:00, with 1 earning rule, 1 tier, 1 offer, 1 campaign.

$ regulars programme diff testdata/in/programme.next.yaml
corner from 2026-01-01T00:00:00+01:00, beside corner from 2027-01-01T00:00:00+01:00:

Offer ten (15 % off) changes
  from a basket of: 20 (was not set)
  name: 10 % off -> 15 % off
  percent: 10 -> 15

Earning rule tea is new
  categories: pots, tea
  for each: 1
  points: 3

Tier silver (Silver) is gone

Campaign big changes
  days the coupon is good: 30 -> 14
  only when: receipt.total at least 50 -> card.offers is none of ten and receipt.total at least 80

$ regulars programme diff testdata/in/programme.next.yaml now --json
{
  "changes": [
    {
      "section": "offers",
      "id": "ten",
      "name": "10 % off",
      "what": "changed",
      "fields": [
        {
          "path": "min_basket",
          "label": "from a basket of",
          "from": "20"
        },
        {
          "path": "name",
          "label": "name",
          "from": "15 % off",
          "to": "10 % off"
        },
        {
          "path": "percent",
          "label": "percent",
          "from": "15",
          "to": "10"
        }
      ]
    },
    {
      "section": "earn",
      "id": "tea",
      "what": "removed",
      "fields": [
        {
          "path": "lines/categories",
          "label": "categories",
          "from": "pots, tea"
        },
        {
          "path": "per",
          "label": "for each",
          "from": "1"
        },
        {
          "path": "points",
          "label": "points",
          "from": "3"
        }
      ]
    },
    {
      "section": "tiers",
      "id": "silver",
      "name": "Silver",
      "what": "added",
      "fields": [
        {
          "path": "name",
          "label": "name",
          "to": "Silver"
        },
        {
          "path": "points",
          "label": "points",
          "to": "50"
        }
      ]
    },
    {
      "section": "campaigns",
      "id": "big",
      "what": "changed",
      "fields": [
        {
          "path": "grant/days",
          "label": "days the coupon is good",
          "from": "14",
          "to": "30"
        },
        {
          "path": "when",
          "label": "only when",
          "from": "card.offers is none of ten and receipt.total at least 80",
          "to": "receipt.total at least 50"
        }
      ]
    }
  ],
  "from": "2027-01-01T00:00:00+01:00",
  "to": "2026-01-01T00:00:00+01:00"
}

$ regulars programme diff now 2026-05-01
corner from 2026-01-01T00:00:00+01:00, beside corner from 2026-01-01T00:00:00+01:00:
Nothing differs.

$ regulars programme diff now tomorrow
regulars: tomorrow is no file that is there, and neither now, a day such as 2026-05-01 nor a moment
(exit 1)

$ regulars programme diff testdata/in/programme.bad.yaml
testdata/in/programme.bad.yaml:4:11: /currency: invalid amount: "DOUBLOONS" is not an ISO 4217 currency
testdata/in/programme.bad.yaml:18:40: /offers/0/percent: "ten" is no percentage from 0.01 to 100 with at most two decimals
(exit 3)

$ regulars programme publish testdata/in/programme.next.yaml --by 'Mira und all die anderen, die hier sonst noch arbeiten'
regulars: the name of who publishes must be a text of 1 to 40 characters on one line
(exit 1)

$ regulars programme publish testdata/in/programme.next.yaml --note 'fewer coupons, tea counts three times'
Published: corner holds from 2027-01-01T00:00:00+01:00, with 2 earning rules, 0 tiers, 1 offer, 1 campaign.

$ regulars programme history
   FROM                       PUBLISHED         BY    PROGRAMME  NOTE
*  2026-01-01T00:00:00+01:00  2026-11-21 12:00  Mira  corner     the first one
   2027-01-01T00:00:00+01:00  2026-11-21 12:00  -     corner     fewer coupons, tea counts three times

* holds now

$ regulars programme history --json
[
  {
    "from": "2026-01-01T00:00:00+01:00",
    "programme": "corner",
    "published_at": "2026-11-21T12:00:00Z",
    "by": "Mira",
    "note": "the first one",
    "holds": true,
    "earn": 1,
    "tiers": 1,
    "offers": 1,
    "campaigns": 1
  },
  {
    "from": "2027-01-01T00:00:00+01:00",
    "programme": "corner",
    "published_at": "2026-11-21T12:00:00Z",
    "note": "fewer coupons, tea counts three times",
    "holds": false,
    "earn": 2,
    "tiers": 0,
    "offers": 1,
    "campaigns": 1
  }
]

$ regulars programme show
corner of Corner Shop, in EUR, holds from 2026-01-01T00:00:00+01:00
  earn      base         1 point for each 1.00 EUR
  tier      silver       Silver from 50 points in a year
  offer     ten          10 % off
  campaign  big          on checkout
  version   187e912d5187

# Who has edited that one, too, does not undo what was published meanwhile.
$ regulars programme publish testdata/in/campaigns.yaml --base 187e912d5187
regulars: somebody else has published version b6752870 since 187e912d, which yours was edited from; take over what it changes, and name it as the base:
  offers ten changed
    from a basket of: "" -> "20"
    name: "10 % off" -> "15 % off"
    percent: "10" -> "15"
  earn tea added
    categories: "" -> "pots, tea"
    for each: "" -> "1"
    points: "" -> "3"
  tiers silver removed
    name: "Silver" -> ""
    points: "50" -> ""
  campaigns big changed
    days the coupon is good: "30" -> "14"
    only when: "receipt.total at least 50" -> "card.offers is none of ten and receipt.total at least 80"
(exit 1)

$ regulars programme publish testdata/in/campaigns.yaml --base 00000000
regulars: no published version is called 00000000; `regulars programme show` tells what each is called
(exit 1)

