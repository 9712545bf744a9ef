$ regulars programme publish testdata/in/lists.yaml
regulars: /segments/0/who/all/0: there is no list "friends"; `regulars list create friends` makes one
(exit 1)

$ regulars list create friends --name 'Friends of the house'
Made the list friends.

$ regulars list create friends --name 'Friends of the house'
There is the list friends already.

$ regulars list create friends --name Others
regulars: there is a list friends already, with the name "Friends of the house"
(exit 1)

$ regulars list create staff
Made the list staff.

$ regulars list create 'our friends'
regulars: a list's id is 1 to 24 letters, digits and any of . _ -
(exit 1)

$ regulars list show
friends                  2026-11-21  Friends of the house
staff                    2026-11-21

$ regulars programme publish testdata/in/lists.yaml
Published: corner holds from 2026-01-01T00:00:00+01:00, with 1 earning rule, 0 tiers, 0 offers, 0 campaigns.

$ regulars card enrol --number 77000001 --store 0042 --given Mira
Enrolled card 77000001.
Card 77000001: 0 points, no tier
  shopper   Mira
  since     2026-11-21, 0 visits

$ regulars card enrol --number 77000002 --store 0042 --given Bo --email bo@shopper.example
Enrolled card 77000002.
Card 77000002: 0 points, no tier
  shopper   Bo, bo@shopper.example
  since     2026-11-21, 0 visits

$ regulars list import friends testdata/in/friends.csv --column card
row 2: no card has the number 77000009; scan it again or enrol it
row 3: no card has the number 77000003; scan it again or enrol it
row 6: no card is named
List friends: 2 put on, 1 unchanged, 3 refused.

$ regulars list import friends testdata/in/friends.csv --column card --from 4 --json
{
  "added": 0,
  "removed": 0,
  "unchanged": 2,
  "refused": [
    {
      "place": 6,
      "code": "card_missing",
      "detail": "no card is named"
    }
  ]
}

$ regulars list import friends testdata/in/friends.csv --column number
regulars: testdata/in/friends.csv has no column "number"; it has name, card
(exit 1)

$ regulars list add staff 77000002
List staff: 1 put on.

$ regulars list add nobody 77000002
regulars: there is no list "nobody"; `regulars list create` makes one
(exit 1)

$ regulars list show friends
2 of 2 cards on list friends.
  77000001
  77000002

$ regulars segment count invited
1 of 2 cards in invited.
  77000001

$ regulars segment explain invited 77000002
Card 77000002 is not in invited:
  shopper.lists is friends, staff, wanted anything but staff in it

# What could be a payment card is not repeated, and a line that never ends is named by its row.
$ regulars list import friends testdata/in/friends.pay.csv --column card
row 1: no card has the number [payment card]; scan it again or enrol it
row 2: no card has the number 77000009; scan it again or enrol it
List friends: 2 refused.

$ regulars list import friends testdata/in/friends.odd.csv --column card
regulars: read row 2 of testdata/in/friends.odd.csv: record on line 3; parse error on line 4, column 402: extraneous or missing " in quoted-field
(exit 1)

$ regulars list remove friends 77000002 77000002
List friends: 1 taken off, 1 unchanged.

$ regulars list show friends --all
77000001

$ regulars list show friends --json
{
  "cards": 2,
  "in": 1,
  "sample": [
    "77000001"
  ]
}

$ regulars card merge 77000001 77000002 --reason 'Two cards' --by Mira --id m-1
Merged card 77000001.
Card 77000001, first 77000002: 0 points, no tier
  shopper   Bo, bo@shopper.example
  since     2026-11-21, 0 visits

WHEN              WHAT  POINTS  BALANCE  CAUSE
2026-11-21 12:00  move  +0      0        merge:m-1 (Two cards, Mira)

$ regulars list show friends
1 of 1 card on list friends.
  77000002

$ regulars list delete friends
regulars: the programme asks for list friends; publish one that does not, and delete it then
(exit 1)

$ regulars programme publish testdata/in/lists-off.yaml
Published: corner holds from 2026-11-21T13:00:00+01:00, with 1 earning rule, 0 tiers, 0 offers, 0 campaigns.

$ regulars list delete friends
List friends is gone; 1 card taken off it.

$ regulars list delete friends
List friends is gone; 0 cards taken off it.

$ regulars list create friends
regulars: there was a list friends, which is deleted; give the new one another id
(exit 1)

$ regulars list show
staff                    2026-11-21

