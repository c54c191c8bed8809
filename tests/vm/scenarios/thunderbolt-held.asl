/* The firmware's word that the root port 00:02.0 ends in a socket outside. */
DefinitionBlock ("", "SSDT", 2, "LAB", "EXTERNAL", 1)
{
	External (\_SB.PCI0.S10, DeviceObj)
	Scope (\_SB.PCI0.S10)
	{
		Name (_DSD, Package () {
			ToUUID ("efcc06cc-73ac-4bc3-bff0-76143807c389"),
			Package () {
				Package () { "ExternalFacingPort", 1 },
				Package () { "UID", 0 }
			}
		})
	}
}
