# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Countries and operators which a server knows for registrations.

Sources: "Device Management", "List of Operators" and "List of Countries": AT&T of the United States
is operator 269, the United States are country 183 and disabled for registration, India is enabled.
The rest is made up in that manner: real names, in a size that a server may have. Some are
disabled.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

#: ISO code, dialling code, name: operators. A star marks an operator of fixed lines, a minus one that is disabled.
_TABLE = """
AF 93 Afghanistan: Roshan, Etisalat
AL 355 Albania: Vodafone, -Eagle Mobile
DZ 213 Algeria: Djezzy, Mobilis, Ooredoo
AD 376 Andorra: Andorra Telecom
AO 244 Angola: Unitel, Movicel
AI 1264 Anguilla: Digicel
AG 1268 Antigua and Barbuda: Digicel, Flow
AR 54 Argentina: Claro, Movistar, Personal, *Telecentro
AM 374 Armenia: Viva-MTS, Ucom
AW 297 Aruba: SETAR
AU 61 Australia: Telstra, Optus, Vodafone, -3 (Hutchison), *TPG
AT 43 Austria: A1, Magenta, Drei, -tele.ring
AZ 994 Azerbaijan: Azercell, Bakcell
BS 1242 Bahamas: BTC
BH 973 Bahrain: Batelco, Zain
BD 880 Bangladesh: Grameenphone, Robi, Banglalink
BB 1246 Barbados: Digicel, Flow
BY 375 Belarus: A1, MTS, life:)
BE 32 Belgium: Proximus, Orange, BASE, *Telenet
BZ 501 Belize: DigiCell
BJ 229 Benin: MTN, Moov
BM 1441 Bermuda: One, Digicel
BT 975 Bhutan: B-Mobile
BO 591 Bolivia: Entel, Tigo, Viva
BA 387 Bosnia and Herzegovina: BH Telecom, m:tel
BW 267 Botswana: Mascom, Orange
BR 55 Brazil: Vivo, Claro, TIM, Oi, *Algar Telecom
VG 1284 British Virgin Islands: CCT
BN 673 Brunei: DST
BG 359 Bulgaria: A1, Vivacom, Yettel
BF 226 Burkina Faso: Orange, Telmob
BI 257 Burundi: Econet
KH 855 Cambodia: Cellcard, Smart
CM 237 Cameroon: MTN, Orange
CA 1 Canada: Rogers, Bell, TELUS, Freedom Mobile, Vidéotron, *Shaw
CV 238 Cape Verde: CVMóvel
KY 1345 Cayman Islands: Flow
CF 236 Central African Republic: Orange
TD 235 Chad: Airtel, Tigo
CL 56 Chile: Entel, Movistar, Claro, WOM
CN 86 China: China Mobile, China Unicom, China Telecom, 中国广电
CO 57 Colombia: Claro, Movistar, Tigo
KM 269 Comoros: HURI
CG 242 Congo: MTN, Airtel
CD 243 Congo, Democratic Republic of the: Vodacom, Airtel, Orange
CK 682 Cook Islands: Bluesky
CR 506 Costa Rica: Kölbi, Claro, Liberty
CI 225 Côte d'Ivoire: Orange, MTN, Moov
HR 385 Croatia: Hrvatski Telekom, A1, Telemach
CU 53 Cuba: -Cubacel
CW 599 Curaçao: Digicel, Flow
CY 357 Cyprus: Cyta, Epic, PrimeTel
CZ 420 Czech Republic: O2, T-Mobile, Vodafone
DK 45 Denmark: TDC, Telenor, Telia, 3
DJ 253 Djibouti: Evatis
DM 1767 Dominica: Digicel
DO 1809 Dominican Republic: Claro, Altice, Viva
EC 593 Ecuador: Claro, Movistar, CNT
EG 20 Egypt: Vodafone, Orange, Etisalat, WE
SV 503 El Salvador: Tigo, Claro
GQ 240 Equatorial Guinea: GETESA
ER 291 Eritrea: EriTel
EE 372 Estonia: Telia, Elisa, Tele2
SZ 268 Eswatini: MTN
ET 251 Ethiopia: Ethio Telecom, Safaricom
FO 298 Faroe Islands: Føroya Tele
FJ 679 Fiji: Vodafone, Digicel
FI 358 Finland: Elisa, DNA, Telia
FR 33 France: Orange, SFR, Bouygues Telecom, Free Mobile, *Completel
GF 594 French Guiana: Orange Caraïbe
PF 689 French Polynesia: Vini
GA 241 Gabon: Airtel, Moov
GM 220 Gambia: Africell, QCell
GE 995 Georgia: MagtiCom, Silknet
DE 49 Germany: Telekom.de, Vodafone.de, o2-de, 1&1, -E-Plus, *M-net
GH 233 Ghana: MTN, Vodafone
GI 350 Gibraltar: Gibtel
GR 30 Greece: COSMOTE, Vodafone, NOVA
GL 299 Greenland: Tusass
GD 1473 Grenada: Digicel
GP 590 Guadeloupe: Orange Caraïbe
GU 1671 Guam: Docomo Pacific
GT 502 Guatemala: Tigo, Claro
GN 224 Guinea: Orange, MTN
GW 245 Guinea-Bissau: Orange
GY 592 Guyana: Digicel, GTT
HT 509 Haiti: Digicel, Natcom
HN 504 Honduras: Tigo, Claro
HK 852 Hong Kong: CSL, 3, SmarTone, 中國移動香港
HU 36 Hungary: Magyar Telekom, Yettel, Vodafone
IS 354 Iceland: Síminn, Nova, Sýn
IN 91 India: Airtel, Jio, Vi, BSNL, -Aircel, *MTNL
ID 62 Indonesia: Telkomsel, Indosat Ooredoo, XL Axiata, Smartfren
IR 98 Iran: -MCI
IQ 964 Iraq: Zain, Asiacell, Korek
IE 353 Ireland: Vodafone, Three, eir
IL 972 Israel: Cellcom, Partner, Pelephone
IT 39 Italy: TIM, Vodafone, WINDTRE, iliad, *Fastweb
JM 1876 Jamaica: Digicel, Flow
JP 81 Japan: ドコモ, au, SoftBank, 楽天モバイル
JO 962 Jordan: Zain, Orange, Umniah
KZ 7 Kazakhstan: Beeline, Kcell, Tele2
KE 254 Kenya: Safaricom, Airtel
KI 686 Kiribati: ATHKL
KW 965 Kuwait: Zain, Ooredoo, stc
KG 996 Kyrgyzstan: Beeline, MegaCom
LA 856 Laos: Lao Telecom, Unitel
LV 371 Latvia: LMT, Tele2, Bite
LB 961 Lebanon: alfa, touch
LS 266 Lesotho: Vodacom
LR 231 Liberia: Lonestar, Orange
LY 218 Libya: Libyana, Al Madar
LI 423 Liechtenstein: FL1, Salt
LT 370 Lithuania: Telia, Bitė, Tele2
LU 352 Luxembourg: POST, Orange, Tango
MO 853 Macau: CTM
MG 261 Madagascar: Telma, Orange
MW 265 Malawi: Airtel, TNM
MY 60 Malaysia: Maxis, CelcomDigi, U Mobile
MV 960 Maldives: Dhiraagu, Ooredoo
ML 223 Mali: Orange, Malitel
MT 356 Malta: epic, GO, Melita
MH 692 Marshall Islands: NTA
MQ 596 Martinique: Orange Caraïbe
MR 222 Mauritania: Mauritel
MU 230 Mauritius: my.t, Emtel
MX 52 Mexico: Telcel, AT&T, Movistar, -Iusacell, *Axtel
FM 691 Micronesia: FSMTC
MD 373 Moldova: Orange, Moldcell
MC 377 Monaco: Monaco Telecom
MN 976 Mongolia: Mobicom, Unitel
ME 382 Montenegro: One, Crnogorski Telekom
MS 1664 Montserrat: Flow
MA 212 Morocco: Maroc Telecom, Orange, inwi
MZ 258 Mozambique: Vodacom, Movitel
MM 95 Myanmar: MPT, ATOM
NA 264 Namibia: MTC
NR 674 Nauru: Digicel
NP 977 Nepal: Ncell, Nepal Telecom
NL 31 Netherlands: KPN, Odido, Vodafone, *Ziggo
NC 687 New Caledonia: Mobilis
NZ 64 New Zealand: Spark, One NZ, 2degrees
NI 505 Nicaragua: Claro, Tigo
NE 227 Niger: Airtel, Orange
NG 234 Nigeria: MTN, Glo, Airtel, 9mobile
MK 389 North Macedonia: Makedonski Telekom, A1
NO 47 Norway: Telenor, Telia, ice
OM 968 Oman: Omantel, Ooredoo
PK 92 Pakistan: Jazz, Telenor, Zong
PW 680 Palau: PNCC
PA 507 Panama: +Móvil, Tigo
PG 675 Papua New Guinea: Digicel
PY 595 Paraguay: Tigo, Personal
PE 51 Peru: Movistar, Claro, Entel
PH 63 Philippines: Globe, Smart, DITO
PL 48 Poland: Orange, Play, Plus, T-Mobile, *Netia
PT 351 Portugal: MEO, NOS, Vodafone
PR 1787 Puerto Rico: Claro, Liberty
QA 974 Qatar: Ooredoo, Vodafone
RE 262 Réunion: SFR, Orange
RO 40 Romania: Orange, Vodafone, Telekom, Digi
RU 7 Russia: МТС, Билайн, МегаФон, -Tele2
RW 250 Rwanda: MTN, Airtel
KN 1869 Saint Kitts and Nevis: Flow
LC 1758 Saint Lucia: Digicel
VC 1784 Saint Vincent and the Grenadines: Digicel
WS 685 Samoa: Digicel
SM 378 San Marino: TIM San Marino
ST 239 São Tomé and Príncipe: CSTmovel
SA 966 Saudi Arabia: stc, Mobily, Zain
SN 221 Senegal: Orange, Free
RS 381 Serbia: mts, Yettel, A1
SC 248 Seychelles: Airtel
SL 232 Sierra Leone: Orange, Africell
SG 65 Singapore: Singtel, StarHub, M1
SK 421 Slovakia: Orange, Telekom, O2
SI 386 Slovenia: Telekom Slovenije, A1, Telemach
SB 677 Solomon Islands: Our Telekom
SO 252 Somalia: Hormuud
ZA 27 South Africa: Vodacom, MTN, Telkom, -Cell C
KR 82 South Korea: SK텔레콤, KT, LG U+
SS 211 South Sudan: MTN
ES 34 Spain: Movistar, Orange, Vodafone, Yoigo, *Euskaltel
LK 94 Sri Lanka: Dialog, Mobitel
SD 249 Sudan: -Zain
SR 597 Suriname: Telesur
SE 46 Sweden: Telia, Tele2, Telenor, Tre
CH 41 Switzerland: Swisscom, Sunrise, Salt
SY 963 Syria: -Syriatel
TW 886 Taiwan: 中華電信, FarEasTone, Taiwan Mobile
TJ 992 Tajikistan: Tcell
TZ 255 Tanzania: Vodacom, Airtel, Tigo
TH 66 Thailand: AIS, TrueMove H, dtac
TL 670 Timor-Leste: Telkomcel
TG 228 Togo: Togocel
TO 676 Tonga: Digicel
TT 1868 Trinidad and Tobago: bmobile, Digicel
TN 216 Tunisia: Ooredoo, Orange
TR 90 Turkey: Turkcell, Vodafone, Türk Telekom
TM 993 Turkmenistan: TMCell
TC 1649 Turks and Caicos Islands: Digicel
TV 688 Tuvalu: TTC
UG 256 Uganda: MTN, Airtel
UA 380 Ukraine: Київстар, Vodafone, lifecell
AE 971 United Arab Emirates: Etisalat, du
GB 44 United Kingdom: EE, O2, Vodafone, Three, -Orange, *BT "Mobile" & More
US 1 United States: AT&T, Verizon, T-Mobile, -Sprint, US Cellular, -ALLTEL, *Comcast
UY 598 Uruguay: Antel, Movistar
UZ 998 Uzbekistan: Beeline, Ucell
VU 678 Vanuatu: Digicel
VE 58 Venezuela: Movistar, Digitel
VN 84 Vietnam: Viettel, MobiFone, Vinaphone
YE 967 Yemen: Sabafon
ZM 260 Zambia: MTN, Airtel
ZW 263 Zimbabwe: Econet, NetOne
"""
#: The number of the United States is documented; of these others devices show it.
_FIXED_IDS = {
    "United States": 183,
    "Germany": 66,
    "Austria": 13,
    "Switzerland": 172,
    "France": 60,
    "United Kingdom": 182,
    "Japan": 90,
    "India": 81,
    "Brazil": 24,
    "Poland": 141,
    "Sweden": 171,
    "Turkey": 178,
}
#: Where several countries share a dialling code, the one that a mere code means.
_MAIN = {"1": "US", "7": "RU"}
_DISABLED = frozenset(("US", "AQ", "CU", "IR", "SY", "SD"))
_FIRST_OPERATOR, _ATT = 12, 269


@dataclass(frozen=True)
class Country:
    """`id` is the server's own; `enabled`: for registration."""

    id: int
    name: str
    code: int
    iso: str
    enabled: bool


@dataclass(frozen=True)
class Operator:
    """`mobile`: not of fixed lines."""

    id: int
    name: str
    country: Country
    mobile: bool
    enabled: bool


def _lines() -> Iterator[tuple[str, str, str, list[str]]]:
    """ISO code, dialling code, name, operators as they are written."""
    for line in _TABLE.strip().splitlines():
        head, _colon, operators = line.partition(": ")
        iso, code, name = head.split(" ", 2)
        yield iso, code, name, operators.split(", ")


def _countries() -> Iterator[Country]:
    """In the order of the table; whoever has no fixed number gets the next free one."""
    taken, number = set(_FIXED_IDS.values()), 0
    for iso, code, name, _operators in _lines():
        if name not in _FIXED_IDS:
            number = min(free for free in range(number + 1, 1000) if free not in taken)
        yield Country(_FIXED_IDS.get(name, number), name, int(code), iso, iso not in _DISABLED)


def _operators() -> Iterator[Operator]:
    number = _FIRST_OPERATOR - 1
    for country, (_iso, _code, _name, operators) in zip(COUNTRIES, _lines(), strict=True):
        for text in operators:
            number += 1 if number + 1 != _ATT else 2
            name = text.lstrip("*-")
            found = _ATT if (country.iso, name) == ("US", "AT&T") else number
            yield Operator(found, name, country, not text.startswith("*"), not text.startswith("-"))


COUNTRIES: tuple[Country, ...] = tuple(_countries())
OPERATORS: tuple[Operator, ...] = tuple(_operators())
_BY_CODE = {str(country.code): country for country in reversed(COUNTRIES)}
_BY_CODE.update(
    {
        str(country.code): country
        for country in COUNTRIES
        if _MAIN.get(str(country.code)) == country.iso
    }
)
#: All dialling codes, as texts.
CODES = frozenset(_BY_CODE)


def country(code: str) -> Country | None:
    """The country of a dialling code, which may have a plus before it."""
    return _BY_CODE.get(code.strip().removeprefix("+"))


def operator(name: str, code: int) -> Operator | None:
    """Return the operator of this name (in any case) in a country with this dialling code, None
    where there is none."""
    return next(
        (row for row in OPERATORS if row.name.lower() == name.lower() and row.country.code == code),
        None,
    )
