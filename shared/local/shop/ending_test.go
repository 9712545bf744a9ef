package shop_test

import (
	"net/http"
	"time"
)

// ending is a receipt of a year ago that is heard of today: the world hears of its points with the next quarter of an hour, once.
func (w *world) ending() {
	w.Helper()
	card := w.enrol("una@mail.example", "")
	before := w.counted("points_expiring")
	w.checkout(card, "210001", 1200, `,"occurred_at":"`+w.clock.Now().AddDate(0, 0, -370).Format(time.RFC3339)+`"`, http.StatusCreated)
	w.jump(15 * time.Minute)
	w.jump(15 * time.Minute)
	if told := w.counted("points_expiring") - before; told != 1 {
		w.Errorf("%d last days were told", told)
	}
}
