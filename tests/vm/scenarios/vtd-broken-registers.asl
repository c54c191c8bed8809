/* No unit decodes this address: its registers read as zero. */
[0004]                  Signature : "DMAR"
[0004]               Table Length : 00000000
[0001]                   Revision : 01
[0001]                   Checksum : 00
[0006]                     Oem ID : "BOCHS "
[0008]               Oem Table ID : "BXPC    "
[0004]               Oem Revision : 00000002
[0004]            Asl Compiler ID : "INTL"
[0004]      Asl Compiler Revision : 20200925

[0001]         Host Address Width : 26
[0001]                      Flags : 01
[0010]                   Reserved : 00 00 00 00 00 00 00 00 00 00

[0002]              Subtable Type : 0000 [Hardware Unit Definition]
[0002]                     Length : 0010
[0001]                      Flags : 01
[0001]                   Reserved : 00
[0002]         PCI Segment Number : 0000
[0008]      Register Base Address : 00000000FED91000
