$ regulars programme publish testdata/in/campaigns.yaml --by Ann
Published: corner holds from 2026-01-01T00:00:00+01:00, with 1 earning rule, 1 tier, 1 offer, 2 campaigns.

$ regulars card enrol --number 77000001 --store 0042 --given Mira
Enrolled card 77000001.
Card 77000001: 0 points, no tier
  shopper   Mira
  since     2026-11-21, 0 visits
  next      Silver: 50 points more, 50.00 EUR at the base rate

$ regulars card enrol --number 77000002 --store 0042 --given Bo
Enrolled card 77000002.
Card 77000002: 0 points, no tier
  shopper   Bo
  since     2026-11-21, 0 visits
  next      Silver: 50 points more, 50.00 EUR at the base rate

# Two cards are more than one: Ann has made the campaign, so somebody else looks at it.
$ regulars campaign list
CAMPAIGN  ON        STATE  NEXT              NAME
winter    schedule  draft  2026-12-01 08:00  Winter greetings
big       checkout  draft  -

$ regulars campaign start winter --by Mira
regulars: campaign winter is for 2 cards; more than 1 need the approval of a second person, and of this very version (4a86a505): regulars campaign approve winter --by NAME
(exit 1)

$ regulars campaign approve winter --by Ann
regulars: Ann has published campaign winter; somebody else approves it
(exit 1)

$ regulars campaign approve winter --by Jon --why 'read it twice'
winter: draft, speaks next at 2026-12-01 08:00
version 4a86a505, approved by Jon
  2026-11-21 12:00  approve by Jon: read it twice

# It is for all cards; who means that types the number.
$ regulars campaign start winter --by Mira
regulars: campaign winter is for 2 of 2 cards, which is more than half of them or more than 20 times its last run; if that is meant: --audience 2
(exit 1)

$ regulars campaign plan winter
winter is for 2 of 2 cards
  2 not: no_email
  such as 77000001
  such as 77000002
the programme names no mail.rate: it goes as fast as the mail service takes it

$ regulars campaign start winter --by Mira --audience 2
winter: scheduled, speaks next at 2026-12-01 08:00
version 4a86a505, approved by Jon
for 2 of 2 cards now
  2 not: no_email
  such as 77000001
  such as 77000002
  2026-11-21 12:00  approve by Jon: read it twice
  2026-11-21 12:00  start by Mira

# A campaign that receipts set off waits for its start too; nobody can count whom it is for.
$ regulars campaign start big --by Mira
regulars: campaign big is for whoever its occasion comes to; more than 1 need the approval of a second person, and of this very version (641346fa): regulars campaign approve big --by NAME
(exit 1)

$ regulars campaign approve big --by Jon
big: draft
version 641346fa, approved by Jon
budget 0 of 100 coupons (0 %)
  2026-11-21 12:00  approve by Jon

$ regulars campaign start big --by Mira
big: running
version 641346fa, approved by Jon
budget 0 of 100 coupons (0 %)
  2026-11-21 12:00  approve by Jon
  2026-11-21 12:00  start by Mira

$ regulars campaign pause big --by Mira
regulars: say why: whoever looks for the campaign's mails will ask
(exit 1)

$ regulars campaign pause big --by Mira --why 'out of stock'
big: paused
version 641346fa, approved by Jon
budget 0 of 100 coupons (0 %)
  2026-11-21 12:00  approve by Jon
  2026-11-21 12:00  start by Mira
  2026-11-21 12:00  pause by Mira: out of stock

$ regulars campaign kill --all --by Jon --why 'wrong prices in the mails'
*: killed
  2026-11-21 12:00  kill by Jon: wrong prices in the mails

$ regulars campaign list
CAMPAIGN  ON        STATE      NEXT              NAME
*         -         killed     -                 all campaigns
winter    schedule  scheduled  2026-12-01 08:00  Winter greetings
big       checkout  paused     -

$ regulars campaign resume --all --by Jon
*: running
  2026-11-21 12:00  kill by Jon: wrong prices in the mails
  2026-11-21 12:00  resume by Jon

$ regulars campaign show winter
winter: scheduled, speaks next at 2026-12-01 08:00
version 4a86a505, approved by Jon
for 2 of 2 cards now
  2 not: no_email
  such as 77000001
  such as 77000002
  2026-11-21 12:00  approve by Jon: read it twice
  2026-11-21 12:00  start by Mira

$ regulars why 77000001 winter
  segment      passes  the campaign is for this card
  steering     passes  running
  holdout      passes  not held out
  address      stops   none is known
  age          passes  not known to be too young
  consent      stops   not given for offers
  suppression  passes  none
would be refused: no_email

$ regulars campaign cancel nothing --by Jon --why test
regulars: the programme that holds now has no campaign "nothing"
(exit 1)

$ regulars campaign show big
big: paused
version 641346fa, approved by Jon
budget 0 of 100 coupons (0 %)
  2026-11-21 12:00  approve by Jon
  2026-11-21 12:00  start by Mira
  2026-11-21 12:00  pause by Mira: out of stock

# Ahead is played on a copy: what is named speaks there, whatever was done to it here.
$ regulars campaign simulate winter --from 2026-11-30 --to 2026-12-02
Played from 2026-11-30 to 2026-12-02 on a copy of 2 cards. The shop is as it was: no e-mail, no coupon, no counter.
CAMPAIGN  CARDS  E-MAILS  NOT SENT  HELD OUT  COUPONS  POINTS  AT MOST   ABOUT     E-MAIL COST
winter    2      0        2         0         0        0       0.00 EUR  0.00 EUR  0.00 USD
winter, not sent: 2 no_email
MONTH    CARDS  E-MAILS  NOT SENT  HELD OUT  COUPONS  POINTS  AT MOST   ABOUT     E-MAIL COST
2026-12  -      0        2         0         0        0       0.00 EUR  0.00 EUR  0.00 USD
No card gets e-mails of two campaigns on one day.
Assumed: every e-mail that the rules allow is taken by the mail service, and none bounces, is complained of or ends a consent.
Assumed: nobody enrols, leaves or changes their profile.
Assumed: coupons are counted as if none were used; at most is what their offers bound, about is their share of the card's usual basket.
Assumed: nobody buys anything, so what a checkout brings is not counted: --replay-year plays the receipts of 52 weeks before.

$ regulars campaign simulate --to 2026-11-20
regulars: the last day 2026-11-20 lies before the first, 2026-11-21
(exit 1)

$ regulars campaign simulate --quota -1
regulars: --quota is how many e-mails a day the mail service takes, 1 or more
Try `regulars campaign simulate --help`.
(exit 2)

