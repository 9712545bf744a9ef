# What the shop owes, for whoever keeps its books.
$ regulars programme publish testdata/in/programme.books.yaml
Published: corner holds from 2026-01-01T00:00:00+01:00, with 1 earning rule, 1 tier, 1 offer, 1 campaign.

$ regulars send testdata/in/receipt.json
Receipt 0042/03/000173 brings 59 points to card 77000001, which has 59 now.
  The card is new: this was its first swipe.
  The tier is Silver now; it was the base.
  Coupon N9P1Y9 is granted: 10 % off, good until 2026-12-21.

$ regulars report liability
At the end of 2026-11-21, 1 card, 1 point worth 0.05 EUR, 80 % expected to be redeemed:

ACCOUNT      POINTS  EUR
issued       59      2.95 EUR
  earned     59      2.95 EUR
available    59      2.95 EUR
pending      0       0.00 EUR
held         0       0.00 EUR
redeemed     0       0.00 EUR
expired      0       0.00 EUR
clawed_back  0       0.00 EUR
written_off  0       0.00 EUR
adjusted     0       0.00 EUR

liability  47 points that are expected to be redeemed yet, 2.35 EUR
breakage   12 points that are not, 0.60 EUR

Issued is what is out and what has ended, and what is out is the sum of all balances (59) less what has expired and is not posted yet (0). It ties.

How points are shown in the accounts (at which worth, with which breakage, as deferred revenue or as a provision) is a policy
that an accountant must choose; points.books in the programme says what was chosen.

$ regulars report liability --from 2026-10-01 --csv SHOP/liability.csv
DAY         ISSUED  OUT  REDEEMED  EXPIRED  TAKEN BACK  LIABILITY  GIFT CARDS
2026-10-31  0       0    0         0        0           0.00 EUR
2026-11-21  59      59   0         0        0           2.35 EUR

At the end of 2026-11-21, 1 card, 1 point worth 0.05 EUR, 80 % expected to be redeemed:

ACCOUNT      POINTS  EUR
issued       59      2.95 EUR
  earned     59      2.95 EUR
available    59      2.95 EUR
pending      0       0.00 EUR
held         0       0.00 EUR
redeemed     0       0.00 EUR
expired      0       0.00 EUR
clawed_back  0       0.00 EUR
written_off  0       0.00 EUR
adjusted     0       0.00 EUR

liability  47 points that are expected to be redeemed yet, 2.35 EUR
breakage   12 points that are not, 0.60 EUR

Issued is what is out and what has ended, and what is out is the sum of all balances (59) less what has expired and is not posted yet (0). It ties.

The rows stand in SHOP/liability.csv.

How points are shown in the accounts (at which worth, with which breakage, as deferred revenue or as a provision) is a policy
that an accountant must choose; points.books in the programme says what was chosen.

$ regulars report liability --from 2026-10-01 --by week
regulars: --by "week" is not one of day, month, quarter, year
(exit 1)

$ regulars report liability --at 2027-01-31
regulars: --at 2027-01-31 has not come; the books are drawn up to 2026-11-21 at the latest
(exit 1)

