# What diff --json tells, a line each, without its sentences.
.differences[] | [
	.kind,
	.object // empty,
	if .field then "\(.field): \(.before // "-") -> \(.after // "-")"
	else "\(.change): \(.before // .after // "-")" end,
	if .protection then "[\(.protection)]" else empty end
] | join(" ")
