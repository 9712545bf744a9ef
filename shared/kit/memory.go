package kit

import "os"

// Memory is where the folders of worlds lie best: a folder that no disk has to hear of, where the machine has one. A world of ten thousand
// receipts is some hundred megabytes.
func Memory() string {
	const shared = "/dev/shm"
	if info, err := os.Stat(shared); err == nil && info.IsDir() {
		return shared
	}
	return os.TempDir()
}
