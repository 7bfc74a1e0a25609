"""Made-up names from the cultures that meet in a city's football ground."""

from __future__ import annotations

import unicodedata

import numpy as np

# Culture -> (share of members, given names, family names).
_CULTURES: dict[str, tuple[float, str, str]] = {
    "british": (
        0.52,
        "Alice Amy Andrew Anna Arthur Barbara Ben Brian Carol Charlie Chloe Daniel David Dawn Edward Eleanor Emily"
        " Frank Freya George Grace Hannah Harry Helen Isla Jack Jacob James Jean Joan Joe Julie Karen Katie Kevin"
        " Laura Lewis Lily Linda Lucy Margaret Mark Megan Mia Nicola Oliver Paul Peter Poppy Rachel Robert Ruby Sam"
        " Sarah Sheila Simon Sophie Steven Susan Thomas Tracey Wendy William Zoe",
        "Adams Allen Archer Bailey Baker Barnes Bell Bennett Brooks Butler Carter Chapman Clarke Cole Collins Cook"
        " Cooper Cox Davies Dawson Edwards Ellis Evans Fisher Fletcher Foster Gibson Gray Green Griffiths Hall Harris"
        " Harrison Hill Holmes Howard Hughes Hunt Jackson James Jenkins Johnson Jones Kelly King Knight Lewis Marsh"
        " Marshall Mason Miller Mills Mitchell Moore Morgan Morris Murray Owen Palmer Parker Payne Pearson Phillips"
        " Porter Powell Price Reed Richards Roberts Rogers Russell Shaw Simpson Stevens Stone Taylor Thompson Turner"
        " Walker Ward Watson Webb West White Wilson Wood Wright Young",
    ),
    "irish": (
        0.07,
        "Aidan Aoife Brendan Caoimhe Ciara Conor Deirdre Eamon Fionn Maeve Niamh Orla Padraig Roisin Sean Siobhan",
        "Brennan Byrne Daly Doyle Duffy Gallagher Keane Kearney Kelleher Lynch McCarthy Murphy Nolan O'Brien"
        " O'Connor O'Neill Quinn Ryan Sheehan Walsh",
    ),
    "indian": (
        0.09,
        "Aarav Amit Anjali Asha Deepak Divya Gurpreet Harjit Kavita Manjit Meera Neha Nikhil Priya Rajesh Ravi Rohan"
        " Sanjay Simran Sunita Vikram",
        "Bhatt Chauhan Desai Dhillon Gill Gupta Iyer Joshi Kapoor Kaur Mehta Nair Patel Rao Sandhu Shah Sharma Sidhu"
        " Singh Verma",
    ),
    "pakistani and bangladeshi": (
        0.07,
        "Abdul Aisha Ali Amina Bilal Farah Fatima Hamza Hassan Imran Khadija Maryam Nadia Nasreen Omar Rukhsana Saima"
        " Tariq Yusuf Zainab",
        "Ahmed Akhtar Ali Begum Chowdhury Hussain Iqbal Islam Khan Mahmood Malik Miah Mirza Qureshi Rahman Raza"
        " Rashid Sheikh Siddiqui Uddin",
    ),
    "west african": (
        0.07,
        "Abena Adaeze Akua Ama Chidi Chioma Ebele Emeka Femi Ifeoma Kofi Kwame Kwesi Ngozi Nnamdi Ola Sade Tunde Yaw"
        " Zuri",
        "Acheampong Adebayo Adeyemi Agyeman Appiah Asante Bello Boateng Danso Eze Mensah Musa Nwosu Obi Ofori Okafor"
        " Okeke Olawale Osei Owusu",
    ),
    "caribbean": (
        0.04,
        "Althea Andre Beverley Carlton Cherelle Delroy Devon Donovan Joy Leroy Marcia Marlon Shanice Winston Yvonne",
        "Bailey Blackwood Brown Campbell Clarke Dacosta Francis Gordon Grant Henry Lawrence Mcleod Morgan Palmer"
        " Reid Samuels Thomas Williams",
    ),
    "polish and romanian": (
        0.07,
        "Agnieszka Andrei Anna Bogdan Elena Ewa Ioana Jakub Kasia Krzysztof Magda Marek Mihai Piotr Radu Tomasz"
        " Zofia",
        "Dumitru Ionescu Kamińska Kowalczyk Kowalski Lewandowski Marinescu Mazur Nowak Pawlak Popa Popescu Stan"
        " Wiśniewski Wójcik Zając Zieliński",
    ),
    "chinese and vietnamese": (
        0.04,
        "Anh Bo Fang Hui Jing Lan Lei Li Linh Mei Minh Ping Thao Tuan Wei Xin Yan Ying",
        "Chan Chen Cheung Dang Ho Huang Lam Lau Li Lin Liu Ngo Nguyen Pham Tran Wang Wong Wu Yeung Zhang",
    ),
    "spanish and portuguese": (
        0.03,
        "Ana Beatriz Carlos Carmen Diego Elena Inês Javier João Lucía Luis Marta Miguel Paulo Pilar Rui Sofia Tiago",
        "Almeida Álvarez Carvalho Costa Díaz Fernández Ferreira García Gómez Lopes Martínez Moreno Pereira Ramos"
        " Ribeiro Romero Santos Silva",
    ),
}  # fmt: skip
_TRADES = ("Joinery", "Motors", "Print", "Dental", "Roofing", "Logistics", "Catering", "Legal", "Optics", "Flooring")


class Names:
    """Draws names, each at most once: who is called like somebody before gets an initial."""

    def __init__(self, draw: np.random.Generator) -> None:
        self._draw = draw
        shares = np.array([share for share, _, _ in _CULTURES.values()])
        self._steps = np.cumsum(shares / shares.sum())
        self._lists = [(given.split(), family.split()) for _, given, family in _CULTURES.values()]
        self._taken: set[str] = set()

    def person(self) -> str:
        """A given name and a family name."""
        given, family = self._lists[int(np.searchsorted(self._steps, self._draw.random(), side="right"))]
        if self._draw.random() < 0.06:  # families mix
            family = self._lists[int(self._draw.integers(len(self._lists)))][1]
        last = self._one(family)
        first = self._one(given)
        name = f"{first} {last}"
        while name in self._taken:
            first = f"{first} {self._one(given)[0]}."
            name = f"{first} {last}"
        self._taken.add(name)
        return name

    def company(self) -> str:
        """A small local firm."""
        family = [self._one(self._lists[0][1]), self._one(self._lists[int(self._draw.integers(len(self._lists)))][1])]
        name = f"{family[0]} {self._one(_TRADES)}"
        while name in self._taken:
            name = f"{family[0]} & {family[1]} {self._one(_TRADES)}"
            family[1] = self._one(self._lists[0][1])
        self._taken.add(name)
        return name

    def _one(self, listed: list[str] | tuple[str, ...]) -> str:
        return listed[int(self._draw.integers(len(listed)))]


def address_of(name: str, number: int) -> str:
    """An e-mail address for a name; the domain is one of those that are kept for examples."""
    plain = unicodedata.normalize("NFKD", name.replace("ł", "l").replace("Ł", "L")).encode("ascii", "ignore").decode()
    letters = "".join(
        character for character in plain.lower().replace(" ", ".") if character.isalpha() or character == "."
    )
    return f"{letters.strip('.')}.{number}@example.com"
