# What diff --json tells, a line each, without its sentences.
.differences[] | [
	.kind,
	.object // empty,
	if .change == "changed" then "\(.field): \(.before // "-") -> \(.after // "-")"
	else .field // empty, "\(.change): \(.before // .after // "-")" end,
	if .protection then "[\(.protection)]" else empty end
] | join(" ")
