package cli

// ShowColumns are the columns of what show lists.
func ShowColumns() map[string][]string {
	columns := make(map[string][]string)
	for _, k := range kinds() {
		columns[k.name] = k.columns
	}
	return columns
}
