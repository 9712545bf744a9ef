// Package demo is the shop that a first start begins with: a small chain of cafés, its programme, and some months of its
// shoppers' receipts, made from a seed so that everybody sees the same.
package demo

import (
	_ "embed" // the programme
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/regulars-dev/regulars/shared/day"
)

// Programme is the programme of the demo shop in YAML.
//
//go:embed programme.yaml
var Programme string

// Size of the shop.
const (
	Cards    = 200
	months   = 6
	openFrom = 7  // o'clock
	openTo   = 19 // o'clock
	newest   = 5  // the first of those who have come only just now
	fresh    = 6  // how many they are
)

// product is something on the menu. Prices are minor units.
type product struct {
	sku, category string
	price         int64
	often         int // how many of a hundred choices
}

var menu = []product{
	{"espresso", "drinks/coffee", 240, 16}, {"flat-white", "drinks/coffee", 390, 20}, {"filter", "drinks/coffee", 320, 10},
	{"tea", "drinks/tea", 330, 8}, {"lemonade", "drinks/cold", 410, 6}, {"croissant", "bakery", 260, 12},
	{"cheesecake", "bakery/cake", 480, 8}, {"carrot-cake", "bakery/cake", 450, 5}, {"sandwich", "kitchen", 690, 6},
	{"beans-250", "beans", 1090, 6}, {"beans-1000", "beans", 3690, 2}, {"mug", "things", 1450, 1},
}

var givenNames = []string{
	"Ada", "Amira", "Anton", "Ayşe", "Ben", "Carla", "Chidi", "Clara", "Daria", "David", "Elif", "Emil", "Enzo", "Eva", "Fatma", "Finn",
	"Greta", "Hanna", "Henrik", "Ida", "Ines", "Ivo", "Jana", "Jonas", "Juna", "Karim", "Kim", "Lara", "Lena", "Levi", "Lina", "Luca",
	"Maja", "Malik", "Marta", "Mats", "Mina", "Nele", "Nico", "Nora", "Olga", "Oskar", "Paula", "Petra", "Quang", "Rosa", "Ruth", "Samir",
	"Selma", "Sina", "Sven", "Tariq", "Thea", "Tom", "Uwe", "Vera", "Wanda", "Yara", "Zoë", "Łukasz",
}

var familyNames = []string{
	"Abel", "Aydın", "Bauer", "Becker", "Brandt", "Çelik", "Dahl", "Diallo", "Engel", "Fischer", "Frank", "Graf", "Haas", "Hansen", "Horn",
	"Ivanova", "Jansen", "Kaya", "Keller", "Kowalski", "Kruse", "Lang", "Lorenz", "Maier", "Møller", "Nguyen", "Nowak", "Okafor", "Otto",
	"Peters", "Pohl", "Rahimi", "Richter", "Rossi", "Sato", "Schulz", "Seidel", "Silva", "Sommer", "Thoma", "Vogel", "Walter", "Winter", "Yılmaz", "Zander",
}

// shopper is one person of the demo and her habits.
type shopper struct {
	serial   uint64
	given    string
	family   string
	email    string // "" for one in ten: a card without an owner's address
	birthday day.Yearly
	consent  bool
	enrolled time.Time
	visits   []time.Time
}

// people makes the shoppers of the shop as of now. The first one is whom the tour plays with: she has an address and has consented;
// the second and third have their birthday today and tomorrow; some have come only just now, so that they are on a journey.
func people(now time.Time, zone *time.Location) []shopper {
	r := rand.New(rand.NewPCG(42, 43)) //nolint:gosec // believable, not secret
	today := now.In(zone)
	list := make([]shopper, Cards)
	for i := range list {
		s := shopper{serial: uint64(i + 1), given: givenNames[r.IntN(len(givenNames))], family: familyNames[r.IntN(len(familyNames))]}
		if i < 10 || r.IntN(10) > 0 {
			s.email = fmt.Sprintf("shopper%03d@mail.example", i+1)
		}
		s.consent = s.email != "" && (i < 10 || r.IntN(4) > 0)
		if r.IntN(3) > 0 {
			s.birthday = day.Yearly{Month: time.Month(1 + r.IntN(12)), Day: 1 + r.IntN(28)}
		}
		switch i {
		case 1:
			s.birthday = day.Yearly{Month: today.Month(), Day: today.Day()}
		case 2:
			s.birthday = day.Yearly{Month: today.AddDate(0, 0, 1).Month(), Day: today.AddDate(0, 0, 1).Day()}
		}
		age := 1 + r.IntN(months*30)
		if i >= newest && i < newest+fresh {
			age = 1 + i%2
		}
		s.enrolled = opening(r, today.AddDate(0, 0, -age))
		every := 2 + r.IntN(20) // days between visits
		for at := s.enrolled; at.Before(now); at = opening(r, at.AddDate(0, 0, 1+r.IntN(2*every))) {
			s.visits = append(s.visits, at)
		}
		list[i] = s
	}
	return list
}

// opening is some moment of a day at which the cafés are open.
func opening(r *rand.Rand, t time.Time) time.Time {
	y, m, d := t.Date()
	return time.Date(y, m, d, openFrom+r.IntN(openTo-openFrom), r.IntN(60), r.IntN(60), 0, t.Location())
}
