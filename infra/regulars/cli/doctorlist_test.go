package cli

import (
	"slices"
	"testing"
)

// The doctor tells of the same things in the same order, on one machine and on a deployment, whatever was found.
func TestTheDoctorHasOneList(t *testing.T) {
	t.Parallel()
	names := func(list []finding) (names []string) {
		for _, f := range list {
			if f.Text == "" {
				t.Errorf("nothing is said of %s", f.What)
			}
			names = append(names, f.What)
		}
		return names
	}
	here, deployed := &call{}, &call{aws: true}
	want := names(here.inOrder([]finding{{bad, "store", "ill"}, {fine, "folder", "well"}}))
	if len(want) != len(checks) || want[0] != "folder" || want[1] != "store" {
		t.Errorf("the list is %v", want)
	}
	if got := names(deployed.inOrder([]finding{{fine, "template", "well"}, {fine, "mail", "well"}})); !slices.Equal(got, want) {
		t.Errorf("on a deployment %v, here %v", got, want)
	}
	if list := deployed.inOrder([]finding{{bad, "store", "ill"}}); list[0].State != none || list[1].State != bad || list[2].Text != unlooked {
		t.Errorf("%+v", list)
	}
	if list := names(here.inOrder([]finding{{bad, "inbox", "ill"}, {bad, "disk", "full"}, {warn, "inbox", "ill in another way"}})); !slices.Equal(list[4:6], []string{"inbox", "inbox"}) || list[len(list)-1] != "disk" {
		t.Errorf("what was found is not all told: %v", list)
	}
}
