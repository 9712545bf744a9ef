# A shop that brings its past along.
$ regulars import receipts testdata/in/sales.csv --map testdata/in/sales.map.yaml
regulars: there is no shop in SHOP; `regulars run` makes one, or name its folder with --data
(exit 1)

$ regulars programme publish testdata/in/programme.yaml
Published: corner holds from 2026-01-01T00:00:00+01:00, with 1 earning rule, 1 tier, 1 offer, 1 campaign.

$ regulars import receipts testdata/in/sales.csv --map testdata/in/none.yaml
regulars: open the map testdata/in/none.yaml: no such file or directory
(exit 1)

$ regulars import receipts testdata/in/none.csv --map testdata/in/sales.map.yaml
regulars: open testdata/in/none.csv: no such file or directory
(exit 1)

$ regulars import receipts testdata/in/sales.csv --map testdata/in/bad.map.yaml
regulars: testdata/in/bad.map.yaml: map: format is "excel"; it is one of csv, jsonl
map: card is "purse"; it is one of number, issue
map: time is "sometime"; write it with YYYY MM DD HH mm ss Z, or rfc3339
map: currency is "DOUBLOONS"; it is an ISO 4217 code such as EUR
map: columns: name either price, of one piece, or amount, of the whole line
map: columns: there is no field "when"; the fields are number, at, shopper, store, till, sku, category, quantity, price, amount, discount
map: columns: at is needed; name its column, or =text for the same in every row
map: columns: till is needed; name its column, or =text for the same in every row
(exit 1)

$ regulars import receipts testdata/in/sales.csv --map testdata/in/pounds.map.yaml
regulars: the file is in GBP and the published programme in EUR; publish one for GBP first, such as samples/import.programme.yaml
(exit 1)

$ regulars import receipts testdata/in/sales.csv --map testdata/in/columns.map.yaml
regulars: the file has no column Article No; its columns are Invoice, Day, Customer, Article, Pieces, Price (is the delimiter ';' right?)
(exit 1)

$ regulars import shoppers testdata/in/shoppers.csv --map testdata/in/shoppers.map.yaml --dry-run
9 rows read, 4 shoppers to take, 5 rejected; nothing was stored.

rejected, by reason:
  email_taken        1
  email_unusable     1
  number_unreadable  1
  payment_card       1
  time_unreadable    1

Each rejected row with its reason stands in SHOP/import-shoppers-rejected.csv.

# Ten birthdays on one day are a default of the system before, and not birthdays.
$ regulars import shoppers testdata/in/newyear.csv --map testdata/in/shoppers.map.yaml --dry-run
12 rows read, 12 shoppers to take, 0 rejected; nothing was stored.
10 of 12 birthdays are on 1 January, more than three times the mean day: it looks like what a system writes for a day
that it does not know. Empty those fields in the file, or campaigns greet all of them on that day.

$ regulars import shoppers testdata/in/shoppers.csv --map testdata/in/shoppers.map.yaml --rejects SHOP/shoppers.rejected.csv
9 rows read: 3 enrolled, 0 changed, 0 as they were, 6 rejected.

rejected, by reason:
  card_unknown       1
  email_taken        1
  email_unusable     1
  number_unreadable  1
  payment_card       1
  time_unreadable    1

Each rejected row with its reason stands in SHOP/shoppers.rejected.csv.

$ regulars import shoppers testdata/in/shoppers.csv --map testdata/in/shoppers.map.yaml
9 rows read: 0 enrolled, 0 changed, 3 as they were, 6 rejected.

rejected, by reason:
  card_unknown       1
  email_taken        1
  email_unusable     1
  number_unreadable  1
  payment_card       1
  time_unreadable    1

Each rejected row with its reason stands in SHOP/import-shoppers-rejected.csv.

$ regulars import receipts testdata/in/sales.csv --map testdata/in/sales.map.yaml --dry-run
4 receipts and 1 return would be booked.
  1 receipt of guests, kept without a card

                                  ROWS  MONEY EUR
read                              16    5089.555
taken                             6     3079.00
rejected                          10    2010.56
rounded to whole minor units            -0.005
returns booked at the price paid        0.00

rejected, by reason:
  adjustment         1  11062.06
  card_unknown       1  1.00
  guest_return       1  -12.50
  more_than_sold     1  -9036.00
  negative_sale      1  0.00
  no_original        1  -5.00
  nothing_paid       1  0.00
  number_unreadable  1  0.00
  row_unreadable     1  0.00
  time_unreadable    1  1.00

Each rejected row with its reason stands in SHOP/import-sales-rejected.csv.

$ regulars import receipts testdata/in/sales.csv --map testdata/in/sales.map.yaml --rejects SHOP/sales.rejected.csv
4 receipts and 1 return booked; 3079 points earned, 13 points taken back.
  1 receipt of guests, kept without a card
  2 coupons granted by the campaigns of their programme

                                  ROWS  MONEY EUR
read                              16    5089.555
taken                             6     3079.00
rejected                          10    2010.56
rounded to whole minor units            -0.005
returns booked at the price paid        0.00

rejected, by reason:
  adjustment         1  11062.06
  card_unknown       1  1.00
  guest_return       1  -12.50
  more_than_sold     1  -9036.00
  negative_sale      1  0.00
  no_original        1  -5.00
  nothing_paid       1  0.00
  number_unreadable  1  0.00
  row_unreadable     1  0.00
  time_unreadable    1  1.00

Each rejected row with its reason stands in SHOP/sales.rejected.csv.

$ regulars import receipts testdata/in/sales.csv --map testdata/in/sales.map.yaml
4 receipts and 1 return booked; 3079 points earned, 13 points taken back.
  1 receipt of guests, kept without a card
  2 coupons granted by the campaigns of their programme
  5 of these acts were booked by an earlier run, which this one went on from

                                  ROWS  MONEY EUR
read                              16    5089.555
taken                             6     3079.00
rejected                          10    2010.56
rounded to whole minor units            -0.005
returns booked at the price paid        0.00

rejected, by reason:
  adjustment         1  11062.06
  card_unknown       1  1.00
  guest_return       1  -12.50
  more_than_sold     1  -9036.00
  negative_sale      1  0.00
  no_original        1  -5.00
  nothing_paid       1  0.00
  number_unreadable  1  0.00
  row_unreadable     1  0.00
  time_unreadable    1  1.00

Each rejected row with its reason stands in SHOP/import-sales-rejected.csv.

$ regulars import receipts testdata/in/sales.csv --map testdata/in/sales.map.yaml --fresh
4 receipts and 1 return booked; 3079 points earned, 13 points taken back.
  1 receipt of guests, kept without a card
  2 coupons granted by the campaigns of their programme
  5 of them were booked before; nothing was doubled

                                  ROWS  MONEY EUR
read                              16    5089.555
taken                             6     3079.00
rejected                          10    2010.56
rounded to whole minor units            -0.005
returns booked at the price paid        0.00

rejected, by reason:
  adjustment         1  11062.06
  card_unknown       1  1.00
  guest_return       1  -12.50
  more_than_sold     1  -9036.00
  negative_sale      1  0.00
  no_original        1  -5.00
  nothing_paid       1  0.00
  number_unreadable  1  0.00
  row_unreadable     1  0.00
  time_unreadable    1  1.00

Each rejected row with its reason stands in SHOP/import-sales-rejected.csv.

$ regulars import receipts testdata/in/sales.csv --map testdata/in/sales.map.yaml --json
{
  "receipts": 4,
  "guests": 1,
  "returns": 1,
  "repeated": 5,
  "cards": 0,
  "coupons_granted": 2,
  "points_earned": 3079,
  "points_reversed": -13,
  "sold": 309150,
  "paid_back": 1250,
  "rows_taken": 6,
  "rounding": -5000,
  "price_apart": 0,
  "rows_read": 16,
  "rows_rejected": 10,
  "rejected": [
    {
      "reason": "adjustment",
      "rows": 1,
      "money": "11062.06"
    },
    {
      "reason": "card_unknown",
      "rows": 1,
      "money": "1.00"
    },
    {
      "reason": "guest_return",
      "rows": 1,
      "money": "-12.50"
    },
    {
      "reason": "more_than_sold",
      "rows": 1,
      "money": "-9036.00"
    },
    {
      "reason": "negative_sale",
      "rows": 1,
      "money": "0.00"
    },
    {
      "reason": "no_original",
      "rows": 1,
      "money": "-5.00"
    },
    {
      "reason": "nothing_paid",
      "rows": 1,
      "money": "0.00"
    },
    {
      "reason": "number_unreadable",
      "rows": 1,
      "money": "0.00"
    },
    {
      "reason": "row_unreadable",
      "rows": 1,
      "money": "0.00"
    },
    {
      "reason": "time_unreadable",
      "rows": 1,
      "money": "1.00"
    }
  ],
  "split": 0,
  "currency": "EUR",
  "money_read": "5089.555",
  "money_taken": "3079.00",
  "money_rejected": "2010.56",
  "money_rounded": "-0.005",
  "money_price_apart": "0.00",
  "resumed_at": 5
}

$ regulars card 77000011
Card 77000011: 52 points, tier Silver
  shopper   Mira Sand, mira@example.com
  consents  offers
  since     2026-02-01, 1 visit
  holds     until 2027-12-31, then the base
  lot       52 points, never expire
  coupon    BWZSRN: 10 % off, until 2026-12-21

WHEN              WHAT     POINTS  BALANCE  CAUSE
2026-03-05 10:00  reverse  -13     52       0042/old/1001~1
2026-03-01 09:15  earn     +65     65       0042/old/1001

$ regulars card 77000012
Card 77000012: 3012 points, tier Silver
  shopper   Jürgen Öst, juergen@example.com
  since     2026-11-21, 1 visit
  holds     until 2027-12-31, then the base
  lot       3012 points, never expire
  coupon    1T8FJY: 10 % off, until 2026-12-21

WHEN              WHAT  POINTS  BALANCE  CAUSE
2026-03-03 17:30  earn  +3012   3012     0042/old/1003

$ regulars verify --replay
3 cards with 3066 points in 4 entries: 2 live coupons
4 receipts (1 of guests, 0 kept without earning), 1 return, 0 messages
Everything adds up.

Decided again on 3 cards: 3 receipts, 1 return, 0 expiries
Every answer comes out as it is recorded.

$ regulars export SHOP/out
Written to SHOP/out: 3 cards, 3 shoppers, 4 receipts, 1 return, 4 entries, 0 messages.

$ regulars export SHOP/out
regulars: SHOP/out holds an export already; name a new folder
(exit 1)

$ regulars export -
{"type":"programme","from":"2025-12-31T23:00:00Z","document":{"campaigns":[{"grant":{"days":30,"offer":"ten"},"id":"big","on":"checkout","when":{"field":"receipt.total","op":"gte","value":"50.00"}}],"cards":{"ranges":[{"length":8,"prefix":"77"}],"secret":"a secret for the tests alone"},"currency":"EUR","earn":[{"id":"base","per":"1.00","points":1}],"from":"2026-01-01T00:00:00+01:00","language":"en","offers":[{"coupon":true,"id":"ten","name":"10 % off","on":"basket","percent":"10"}],"programme":"corner","shop":{"address":"1 Test Street, Testing","name":"Corner Shop"},"stores":[{"id":"0042","name":"Harbour"}],"tiers":[{"id":"silver","name":"Silver","points":50}],"time_zone":"Europe/Berlin","topics":[{"id":"offers","name":"Offers"}]}}
{"type":"card","card":"77000011","enrolled_on":"2026-02-01","status":"open","tier":"silver","balance":52,"lots":[{"points":52}],"coupons":[{"id":"BWZSRN","offer":"ten","campaign":"big","expires_on":"2026-12-21"}],"qualifying":{"year":2026,"points":52,"before":0},"visits":1,"spent":5250,"first_on":"2026-03-01","last_on":"2026-03-01"}
{"type":"shopper","card":"77000011","since":"2026-02-01","given_name":"Mira","family_name":"Sand","email":"mira@example.com","birthday":"12-24","consents":{"offers":{"allowed":true,"at":"2026-11-21T12:00:00Z","source":"import"}}}
{"type":"entry","card":"77000011","number":1,"at":"2026-03-01T09:15:00Z","kind":"earn","cause":"0042/old/1001","points":65,"balance":65,"tier":"silver","marks":["+BWZSRN:ten:big:2026-12-21"]}
{"type":"entry","card":"77000011","number":2,"at":"2026-03-05T10:00:00Z","kind":"reverse","cause":"0042/old/1001~1","points":-13,"balance":52,"tier":"silver"}
{"type":"card","card":"77000012","enrolled_on":"2026-11-21","status":"open","tier":"silver","balance":3012,"lots":[{"points":3012}],"coupons":[{"id":"1T8FJY","offer":"ten","campaign":"big","expires_on":"2026-12-21"}],"qualifying":{"year":2026,"points":3012,"before":0},"visits":1,"spent":301200,"first_on":"2026-03-03","last_on":"2026-03-03"}
{"type":"shopper","card":"77000012","since":"2026-11-21","given_name":"Jürgen","family_name":"Öst","email":"juergen@example.com","birthday":"02-29","consents":{"offers":{"allowed":false,"at":"2026-11-21T12:00:00Z","source":"import"}}}
{"type":"entry","card":"77000012","number":1,"at":"2026-03-03T17:30:00Z","kind":"earn","cause":"0042/old/1003","points":3012,"balance":3012,"tier":"silver","marks":["+1T8FJY:ten:big:2026-12-21"]}
{"type":"card","card":"77000013","enrolled_on":"2026-04-03","status":"open","balance":2,"lots":[{"points":2}],"qualifying":{"year":2026,"points":2,"before":0},"visits":1,"spent":200,"first_on":"2026-03-14","last_on":"2026-03-14"}
{"type":"shopper","card":"77000013","since":"2026-04-03","given_name":"Noor"}
{"type":"entry","card":"77000013","number":1,"at":"2026-03-14T11:00:00Z","kind":"earn","cause":"0042/old/1015","points":2,"balance":2}
{"type":"checkout.completed.v1","metadata":{"id":"5QSKDC7FC85T6R79XX0TMEAQXR","occurred_at":"2026-03-01T09:15:00Z","source":"import"},"data":{"receipt":{"store":"0042","till":"old","number":"1001"},"card":"77000011","lines":[{"id":"1","sku":"TEA-1","quantity":2,"amount":2500},{"id":"2","sku":"POT-1","quantity":1,"amount":4000}],"total":{"amount":6500,"currency":"EUR"}}}
{"type":"checkout.refunded.v1","metadata":{"id":"KSZRB3YH8B6CYBR17B9A9Z06CN","occurred_at":"2026-03-05T10:00:00Z","source":"import"},"data":{"return":"C1004","receipt":{"store":"0042","till":"old","number":"1001"},"lines":[{"id":"1","quantity":1}]}}
{"type":"checkout.completed.v1","metadata":{"id":"BEZMAX86Z1BZ3NFH4JXFTKH1RN","occurred_at":"2026-03-02T08:00:00Z","source":"import"},"data":{"receipt":{"store":"0042","till":"old","number":"1002"},"lines":[{"id":"1","sku":"TEA-1","quantity":1,"amount":1250}],"total":{"amount":1250,"currency":"EUR"}}}
{"type":"checkout.completed.v1","metadata":{"id":"6WD441MPEKQGD8S2MP8GPHS9CH","occurred_at":"2026-03-03T17:30:00Z","source":"import"},"data":{"receipt":{"store":"0042","till":"old","number":"1003"},"card":"77000012","lines":[{"id":"1","sku":"TEA-2","quantity":3,"amount":301200}],"total":{"amount":301200,"currency":"EUR"}}}
{"type":"checkout.completed.v1","metadata":{"id":"FVRHMHF7ZGD59WSTS620FF0A6Y","occurred_at":"2026-03-14T11:00:00Z","source":"import"},"data":{"receipt":{"store":"0042","till":"old","number":"1015"},"card":"77000013","lines":[{"id":"1","sku":"TEA-3","quantity":1,"amount":200}],"total":{"amount":200,"currency":"EUR"}}}
{"type":"end","counts":{"card":3,"checkout.completed.v1":4,"checkout.refunded.v1":1,"entry":4,"programme":1,"shopper":3}}

