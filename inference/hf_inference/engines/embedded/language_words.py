"""What gives a language away in a short text: its function words, endings, letters, and scripts.

Knows 42 languages by ISO 639-1 code. Knows no text and no scoring: `language.py` weighs these tables.
"""

from __future__ import annotations

from typing import Final

FUNCTION_WORDS: Final[dict[str, str]] = {
    "en": """
        the of and to in is that it was for on are as with his they at be this have from or had by but not what
        all were we when your can said there an each which she do how their if will up other about out many then
        them these so some her would make like him into has more two could my than been who its now did get may
        i you he a should does where why please our me us no just over because after before only also any very
        while here
    """,
    "de": """
        der die das und ist nicht ein eine einen einem einer zu den von mit dem des sich auf für im es auch als
        an nach wie bei oder aber aus wir ich sie er wenn kann werden wird wurde hat haben sind war noch nur
        über um am so zum zur dass diese dieser dieses mich mir dir dich uns ihr ihre sein seine was wo bitte
        kein keine mehr sehr schon vor durch bis muss müssen können soll gibt hier dann heute morgen immer man
        doch weil
    """,
    "fr": """
        le la les de des et est un une du en que qui dans pour pas sur au aux avec ce cette ces il elle nous
        vous ils elles je tu ne se son sa ses par plus ou mais où donc être avoir sont été était fait comme tout
        leur leurs si mon ma mes votre vos notre nos y a à quand très aussi bien même sans peut faut ici cela ça
        c'est qu'il d'un d'une n'est j'ai l'on chez deux avant après
    """,
    "es": """
        el la los las de del y es un una que en por para con no se su sus lo al como más pero le ya o este esta
        esto estos estas porque cuando muy sin sobre también me hasta hay donde quien desde todo nos durante
        todos uno les ni contra otros ese eso ante ellos yo tu mi él ella está están fue son ser tiene puede
        hacer hemos aquí usted si qué cómo antes después ahora cada ha han
    """,
    "pt": """
        o a os as de do da dos das e é um uma que em no na nos nas por para com não se seu sua mais mas como ao
        à foi ele ela são está isso este esta isto já também só pelo pela até quando muito nós você vocês eu tu
        meu minha tem têm ser fazer depois antes onde quem mesmo sem há pode todos foram ainda sobre entre agora
        aqui cada porque aos às num numa
    """,
    "it": """
        il lo la i gli le di del della dei delle dello e è un una uno che in per con non si da dal dalla al alla
        nel nella sul sulla come più ma anche se sono mi ti ci vi questo questa questi queste quello quella ho
        hai ha abbiamo hanno suo sua io tu lui lei noi voi loro essere stato dove quando perché molto tutto
        tutti prima dopo c'è dell' l' un' all' ogni ancora già senza può devi deve era
    """,
    "nl": """
        de het een en van is dat in op te niet met voor zijn er aan ik je hij ze wij we ook als maar om dan bij
        nog naar uit door over wat worden wordt werd heeft hebben had kan kunnen moet moeten zal zou deze dit
        die hun mijn jouw uw geen wel zo meer waar wie hoe u jij ons onze alleen altijd hier nu tot tegen na
        omdat veel
    """,
    "sv": """
        och att det i en på är som för av med till den har de inte om ett han men var jag vi du så ska kan man
        när nu från eller också hon vid sig efter under över mig dig oss er dem denna detta dessa där här vad
        hur varför alla mycket bara blir blev vara varit skulle måste inga inget ingen sin sina min mitt din
        ditt
    """,
    "da": """
        og at det i en på er som for af med til den har de ikke om et han men var jeg vi du så skal kan man når
        nu fra eller også hun ved sig efter under over mig dig os jer dem denne dette disse der her hvad hvordan
        hvorfor alle meget kun bliver blev være været skulle må ingen intet sin sine min mit din dit hvis jo
        nogle noget
    """,
    "no": """
        og at det i en på er som for av med til den har de ikke om et han men var jeg vi du så skal kan man når
        nå fra eller også hun ved seg etter under over meg deg oss dere dem denne dette disse der her hva
        hvordan hvorfor alle mye bare blir ble være vært skulle må ingen ingenting sin sine min mitt din ditt
        hvis noen noe
    """,
    "fi": """
        ja on ei se että hän en ole oli mutta kun niin kuin joka mitä minä sinä me te he ovat tämä nämä ne sen
        sitä tai myös vain jos voi olen olet olemme olivat ollut sitten nyt jo vielä missä miten miksi kaikki
        hyvin tässä siellä minun sinun hänen meidän jotka voidaan pitää täytyy kanssa ennen jälkeen mukaan koska
    """,
    "pl": """
        i w nie na się z do to że jest jak o co po za od przez dla są być tak ale czy już tylko jego jej ich ten
        ta te tego tym był była było były może mnie mi ty ja on ona ono my wy oni który która które gdzie kiedy
        dlaczego bardzo także oraz lub przed pod nad bez jeszcze proszę mam ma masz można tu teraz wszystkie ze
        aby jeśli
    """,
    "cs": """
        a v se na je že s z do to o k i jako za od po pro ale si jeho její jejich ten ta tato tento který která
        které by byl byla bylo byli být jsou jsem jste jsme není mít má až nebo také už jen jak co kde kdy proč
        velmi při před pod nad bez ještě tak můj moje můžete může musí prosím ve ze tady teď všechny když podle
    """,
    "sk": """
        a v sa na je že s z do to o k aj ako za od po pre ale si jeho jej ich ten tá táto tento ktorý ktorá
        ktoré by bol bola bolo boli byť sú som ste sme nie je mať má až alebo tiež už len čo kde kedy prečo
        veľmi pri pred pod nad bez ešte tak môj moje môžete môže musí prosím vo zo tu teraz všetky keď podľa
    """,
    "hu": """
        a az és nem hogy is egy van volt meg de csak ez azt mint ha már még vagy ki mi én te ő mi ti ők nagyon
        ezt el fel le be lesz lehet kell minden után előtt alatt között miért hol mikor hogyan itt ott most jól
        vagyok vannak voltak lenne amely ami aki akik nincs sem majd pedig szerint kérem több
    """,
    "ro": """
        și în de la cu nu pe că o un este sunt a al ai ale din pentru mai ce care se să fi am ai are avem au dar
        sau dacă când cum unde lui ei lor acest această aceste acesta aceasta prin după fără foarte doar tot
        toate toți eu tu el ea noi voi ei îi îl le mi te ne vă fost era trebuie poate aici acum înainte despre
        decât
    """,
    "tr": """
        ve bir bu da de için ile ne mi mı çok daha var gibi olarak o ama ben sen biz siz onlar değil kadar sonra
        önce en her şey şu ya veya ki olan oldu olur olduğu ise hem nasıl neden nerede zaman şimdi yok bana sana
        ona bizim benim senin onun lütfen tüm bütün iki üzerinde tarafından göre
    """,
    "vi": """
        và của là có không được cho trong các một những với này đã để người khi từ đến như cũng tôi bạn anh chị
        em chúng ta họ nó rất nhiều về ra vào thì mà ở đó đây sẽ đang bị phải hay hoặc nếu vì sau trước trên
        dưới tất cả làm gì nào sao ai việc
    """,
    "id": """
        dan yang di dengan untuk ini itu dari dalam tidak ke pada adalah saya anda kami kita dia mereka akan
        sudah telah juga atau oleh karena bisa dapat ada seperti sebagai lebih hanya jika saat bagi tersebut
        lain apa siapa mana bagaimana mengapa sangat masih harus belum kepada setelah sebelum semua bahwa kalau
        tetapi hari
    """,
    "ca": """
        el la els les de del dels i és un una que en per amb no es seu seva més però com al als ha han són està
        aquest aquesta això aquests quan molt també sense fins on qui jo tu ell ella nosaltres vosaltres hi ho
        perquè fer té pot abans després ara aquí cada tots ser estat va vam van l'hora amb els meus nostra meva
        si
    """,
    "hr": """
        i je u na se da za su od s sa kao ne što to o ali ili koji koja koje bi bio bila bilo biti će ću nije
        sam si smo ste samo više već još kada gdje zašto vrlo nakon prije ovaj ova ovo taj ta njegov njezin
        njihov mi vi oni ona ono iz do po pri bez molim može možete moram sve ovdje sada ako
    """,
    "sl": """
        in je v na se da za so od z s kot ne kar to o pa ali ki bi bil bila bilo biti bo bom ni sem si smo ste
        samo več že še ko kje zakaj zelo po pred ta tisti njegov njen njihov mi vi oni ona ono iz do pri brez
        prosim lahko moram vse tukaj zdaj če tudi ker med nad
    """,
    "et": """
        ja on ei see et ta ma sa me te nad oli aga kui nii kes mis mida minu sinu tema meie teie nende või ka
        ainult olen oled oleme olid olnud siis nüüd juba veel kus kuidas miks kõik väga siin seal pärast enne
        saab peab palun mitte oma selle seda need neid kohta üle ning
    """,
    "lv": """
        un ir nav ka ar no uz par tas tā es tu mēs jūs viņš viņa viņi bet vai arī kā kas ko kur kad kāpēc ļoti
        tikai jau vēl šis šī to tiek bija būs pēc pirms pie līdz bez visi šeit tagad lūdzu var man mans savu ja
        lai kurš jābūt esmu esam
    """,
    "lt": """
        ir yra ne kad su iš į apie tas ta tai aš tu mes jūs jis ji jie bet ar taip pat kaip kas ką kur kada
        kodėl labai tik jau dar šis ši šio buvo bus po prieš prie iki be visi čia dabar prašome gali mano savo
        jei nuo per už būti esu turi nėra
    """,
    "ru": """
        и в не на я что он с как это по но из у за к от так же для вы мы они она бы был была было были быть есть
        если или когда где почему очень только уже ещё еще этот эта эти все всё его её их мне меня нас вас
        который которая можно нужно пожалуйста до после перед при без чтобы со о об
    """,
    "uk": """
        і й та в у не на я що він з як це по але із за до від так же для ви ми вони вона би б був була було були
        бути є якщо або коли де чому дуже тільки вже ще цей ця ці все всі його її їх мені мене нас вас який яка
        які можна треба потрібно будь ласка після перед при без щоб про
    """,
    "bg": """
        и в не на аз че той с как това по но от у за към така же да вие ние те тя би беше бил са съм сме сте е
        ако или когато къде защо много само вече още този тази тези всички неговия им ми ме ни ви който която
        които може трябва моля след преди при без за да се си ще няма
    """,
    "sr": """
        и је у на се да за су од с са као не што то о али или који која које би био била било бити ће није сам
        си смо сте само више већ још када где зашто врло веома после пре овај ова ово тај та његов њен њихов ми
        ви они она из до по при без молим може
    """,
    "ar": """
        في من على إلى أن هذا هذه التي الذي ما لا كان مع عن أو هو هي كل ثم لم قد كما بعد قبل عند لقد يتم يمكن إذا
        نحن أنا أنت هم بين حتى ليس هناك ذلك وقد
    """,
    "fa": """
        و در به از که این را با است برای آن یک خود تا کرد بر هم نیز می شود شد ما من شما او آنها است. بود هستند
        دارد باید اگر یا هر چه چرا کجا بسیار
    """,
    "ur": """
        کے کی ہے میں کا اور سے کو نے پر یہ ہیں کہ وہ ایک بھی تھا نہیں لیے کر ہو گیا اس ان تو جو ہم آپ
    """,
    "hi": """
        है और के की में का से को ने पर यह हैं कि वह एक भी था नहीं लिए कर हो गया इस उन तो जो हम आप मैं
    """,
    "mr": """
        आहे आणि च्या या मध्ये ते हे एक आहेत नाही की तो ती मी आम्ही तुम्ही होते होता केले करण्यासाठी
    """,
}
"""Function words a language; a word that several languages share counts less for each."""

ENDINGS: Final[dict[str, str]] = {
    "en": "ing tion ness ment ould ght ally edly",
    "de": "ung ungen heit keit lich isch ierung schaft chen tlich",
    "fr": "tion eux eaux ment aient ité ées ère oir euse",
    "es": "ción ciones dad mente ando iendo ores aron ible",
    "pt": "ção ções dade mente ando endo ões inho avam eiro eira",
    "it": "zione zioni ità mente ando endo ella elli iamo ezza ggio tto tta",
    "nl": "ijk lijk heid ingen tje schap aar oor eer",
    "sv": "arna orna ningen het lig ande ades ller ället",
    "da": "erne heden ende ede else elser lig",
    "no": "ene heten ende else elser lig ingen sjon",
    "fi": "ssa ssä sta stä lla llä lle inen iset taan tään minen vat vät ksi een aan",
    "pl": "ość ości ego ych owie ują cie dzie nie czny czna ów",
    "cs": "ost osti ého ých ovat ují nost ení ský ová ů ů",
    "sk": "osť osti ého ých ovať ujú nosť enie ský ová",
    "hu": "ban ben nak nek tól ről hoz hez ság ség tunk tam ott ett ként",
    "ro": "ul ului ție ții ească esc ilor elor ează ând rea",
    "tr": "lar ler lık lik ıyor iyor yor dır dir acak ecek mak mek nda nde ları leri",
    "id": "kan nya lah annya",
    "ca": "ció cions tat ment ant ona eig itza em eu",
    "hr": "nje nja ost osti ima ama ovati ski ska ijem",
    "sl": "nje nja ost osti ih ega anje jo emo imo",
    "et": "sse des st mine tud da ks sid d",
    "lv": "šana iem ām tājs ība ības šanas oša",
    "lt": "imas iai ams ijos ų ius auti omis",
    "ru": "ость ого ться ение ния ый ая ые ать ить",
    "uk": "ість ого тися ення ння ий ати ити ські",
    "bg": "ост ият ата ето ите ане ове та",
    "sr": "ост ње ња има ама ски ска",
}

LETTERS: Final[dict[str, str]] = {
    "de": "ßäöü",
    "fr": "çœàèêûîë",
    "es": "ñ¿¡áéíóú",
    "pt": "ãõçáéíóúâê",
    "it": "àèìòù",
    "nl": "ĳë",
    "sv": "åäö",
    "da": "æøå",
    "no": "æøå",
    "fi": "äö",
    "pl": "ąćęłńśźżó",
    "cs": "ěřůčšžýáíé",
    "sk": "ľĺŕôäčšžťďýáíé",
    "hu": "őűáéíóöúü",
    "ro": "ăâîșțşţ",
    "tr": "ğışçöü",
    "vi": "ăâđêôơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ",
    "ca": "çàèòïüŀ·",
    "hr": "čćđšž",
    "sl": "čšž",
    "et": "õäöü",
    "lv": "āčēģīķļņšūž",
    "lt": "ąčęėįšųūž",
    "ru": "ыэъё",
    "uk": "іїєґ",
    "bg": "ъ",
    "sr": "ђјљњћџ",
    "fa": "پچژگک",
    "ur": "ٹڈڑںےہ",
}
"""Letters beyond the script's common ones; each counts for the languages that write it, split between them."""

SCRIPTS: Final[tuple[tuple[int, int, str], ...]] = (
    (0x0370, 0x03FF, "greek"),
    (0x0400, 0x052F, "cyrillic"),
    (0x0530, 0x058F, "armenian"),
    (0x0590, 0x05FF, "hebrew"),
    (0x0600, 0x06FF, "arabic"),
    (0x0900, 0x097F, "devanagari"),
    (0x0980, 0x09FF, "bengali"),
    (0x0B80, 0x0BFF, "tamil"),
    (0x0C00, 0x0C7F, "telugu"),
    (0x0E00, 0x0E7F, "thai"),
    (0x10A0, 0x10FF, "georgian"),
    (0x1F00, 0x1FFF, "greek"),
    (0x3040, 0x30FF, "kana"),
    (0x3400, 0x9FFF, "han"),
    (0xAC00, 0xD7AF, "hangul"),
)
"""Code point ranges (inclusive) above Latin, in ascending order, each with its script."""

SCRIPT_LANGUAGES: Final[dict[str, tuple[str, ...]]] = {
    "latin": (
        "en",
        "de",
        "fr",
        "es",
        "pt",
        "it",
        "nl",
        "sv",
        "da",
        "no",
        "fi",
        "pl",
        "cs",
        "sk",
        "hu",
        "ro",
        "tr",
        "vi",
        "id",
        "ca",
        "hr",
        "sl",
        "et",
        "lv",
        "lt",
    ),
    "cyrillic": ("ru", "uk", "bg", "sr"),
    "arabic": ("ar", "fa", "ur"),
    "devanagari": ("hi", "mr"),
    "greek": ("el",),
    "armenian": ("hy",),
    "hebrew": ("he",),
    "bengali": ("bn",),
    "tamil": ("ta",),
    "telugu": ("te",),
    "thai": ("th",),
    "georgian": ("ka",),
    "kana": ("ja",),
    "han": ("zh",),
    "hangul": ("ko",),
}
"""The languages of a script, in the order that decides a draw."""
