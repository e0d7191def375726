package cli

import "fmt"

// didYouMean suggests a word in place of one that nobody knows.
func didYouMean(word string, known []string) string {
	if near := nearest(word, known); near != "" {
		return fmt.Sprintf(" (did you mean %s?)", near)
	}
	return ""
}

// nearest is the known word that takes the fewest changes, or "" if that would
// be another word.
func nearest(word string, known []string) string {
	best, least := "", max(1, len(word)/3)+1
	for _, k := range known {
		if n := changes(word, k); n < least {
			best, least = k, n
		}
	}
	return best
}

// changes is how many bytes of a must be added, removed, replaced or swapped
// with the next to make b.
func changes(a, b string) int {
	var before, last []int
	for i := range len(a) + 1 {
		row := make([]int, len(b)+1)
		for j := range row {
			switch {
			case i == 0:
				row[j] = j
			case j == 0:
				row[j] = i
			default:
				row[j] = min(last[j], row[j-1]) + 1
				if a[i-1] == b[j-1] {
					row[j] = min(row[j], last[j-1])
				} else {
					row[j] = min(row[j], last[j-1]+1)
				}
				if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
					row[j] = min(row[j], before[j-2]+1)
				}
			}
		}
		before, last = last, row
	}
	return last[len(b)]
}
