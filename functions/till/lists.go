package till

// listedAnswer says whether a card's shopper is on a list now, and whether that is new.
type listedAnswer struct {
	List    string `json:"list"`
	Card    string `json:"card"`
	On      bool   `json:"on"`
	Changed bool   `json:"changed"`
}

// putOnList puts a card's shopper on a list: 201 the first time, 200 at a repeat. Lists are the marketer's, so it wants a key of all stores.
func (d *door) putOnList(a *ask) (reply, error) { return d.list(a, true) }

// takeOffList takes a card's shopper off a list; one that is not on it is an answer too.
func (d *door) takeOffList(a *ask) (reply, error) { return d.list(a, false) }

func (d *door) list(a *ask, on bool) (reply, error) {
	number, err := d.numberIn(a, a.PathValue("number"))
	if err != nil {
		return reply{}, err
	}
	changed, err := d.Service.ListCard(a.Context(), a.PathValue("id"), number, on)
	return created(!on || !changed, listedAnswer{List: a.PathValue("id"), Card: number, On: on, Changed: changed}), err
}
