/* Notes of absence: words that programs and people write alike ("Absence: …", "Ausente"), by language, and what a person
 * who is away writes in the text. Such a subject alone says nothing; kinds.c asks for another sign. Never fails. */
#include "mime/kinds.h"
#include "mime/reply.h"
#include <glib.h>
#include <string.h>

#define TEXT_LOOKED 4000 /* bytes of the author's text; a note says it at once */

/* Lower case, as pd_words_fold leaves it; alternatives separated by '|'. */
static const struct absence_words {
	const char *language;
	const char *subject; /* a subject begins with this, and ends or goes on with a sign or a date */
	const char *begins;  /* or it begins with this … */
	const char *away;    /* … and later on has this, ending so or going on likewise */
	const char *text;    /* the text has one of these */
} absence_table[] = {
	{"en",
	 "on vacation|on holiday|on holidays|on leave|on annual leave|on parental leave|on maternity leave|on paternity leave|on sick leave|"
	 "away|absent|absence|vacation|away from my desk|away from mail|away on vacation|away on leave|away on holiday|not in the office|ooo|oof|"
	 "annual leave|out of town|travelling|on business trip",
	 "i am|i'm|i will be|i'll be|we are|we're|we will be|our office is|the office is|currently|please note i am",
	 "out of the office|out of office|on vacation|on holiday|on leave|on annual leave|on parental leave|on maternity leave|away|away from my desk|"
	 "not in the office|out sick|travelling|closed for the holidays",
	 "out of the office|out of office|i am on vacation|i'm on vacation|i am on holiday|i'm on holiday|i am on leave|i'm on leave|on annual leave|"
	 "on parental leave|on maternity leave|on paternity leave|currently on vacation|currently on leave|currently away|i am away|i'm away|i will be away|"
	 "i'll be away|will be out until|away from my desk|away from the office|not in the office|limited access to email|limited access to my email|"
	 "limited access to e-mail|no access to email|no access to my email|without access to email|i will respond when i return|"
	 "i will reply when i return|upon my return|on my return|when i get back|when i am back|back in the office|i will be back on|i'll be back on|"
	 "returning on|will return on|will return to the office|in my absence|during my absence|no longer with the company|automatic reply|"
	 "automated reply|automated response|automatically generated"},
	{"de",
	 "abwesenheit|abwesend|nicht im büro|nicht im buero|nicht im haus|außer haus|ausser haus|im urlaub|in elternzeit|in mutterschutz|auf dienstreise|"
	 "auf geschäftsreise|urlaubsbedingt abwesend",
	 "ich bin|bin|wir sind|ich befinde mich|ich werde|bin ich|unser büro ist",
	 "nicht im büro|nicht im haus|nicht im hause|im urlaub|in urlaub|abwesend|außer haus|ausser haus|nicht am platz|nicht am arbeitsplatz|"
	 "in elternzeit|auf dienstreise|nicht im dienst|nicht erreichbar|nicht im buero|geschlossen",
	 "nicht im büro|nicht im buero|nicht im hause|nicht im haus|bin im urlaub|im urlaub befinde|befinde mich im urlaub|in urlaub bin|bin in elternzeit|bin ich im urlaub|"
	 "bin abwesend|bin derzeit abwesend|bin ich abwesend|bin zurzeit abwesend|außer haus|ausser haus|bin ich nicht erreichbar|bin nicht erreichbar|"
	 "wieder erreichbar|wieder im büro|wieder im hause|wieder für sie da|meiner abwesenheit|meiner rückkehr|auf dienstreise|"
	 "nicht weitergeleitet|keinen zugriff auf meine|keinen zugriff auf mein|automatische antwort|automatisch erstellt|"
	 "automatisch generiert|in dringenden fällen wenden"},
	{"fr",
	 "absence|absent|absente|absent(e)|en congé|en congés|en vacances|en déplacement|absence temporaire|hors du bureau|répondeur|"
	 "absent pour le moment|en congé maternité|en congé parental|pas au bureau|fermeture annuelle|absent du bureau|absente du bureau|absent(e) du bureau",
	 "je suis|je serai|je ne suis pas|nous sommes|je serais|je ne serai pas|actuellement|notre bureau est",
	 "absent|absente|absent(e)|en congé|en congés|en vacances|en déplacement|hors du bureau|au bureau|en congé maternité|fermé",
	 "je suis absent|je suis absente|je suis absent(e)|je suis actuellement|je serai absent|je serai absente|je serai de retour|suis en congé|suis en congés|"
	 "suis en vacances|suis en déplacement|serai en congé|serai en congés|actuellement absent|actuellement absente|actuellement en congé|"
	 "actuellement en congés|absent du bureau|absente du bureau|absent(e) du bureau|mon absence|mon retour|de retour le|de retour au bureau|serai de retour|"
	 "ne suis pas au bureau|accès limité à mes|pas accès à ma messagerie|réponse automatique|message automatique|en cas d'urgence"},
	{"nl",
	 "afwezig|afwezigheid|niet aanwezig|niet op kantoor|buiten kantoor|met vakantie|op vakantie|tijdelijk afwezig|uit kantoor|met verlof|"
	 "met zwangerschapsverlof",
	 "ik ben|wij zijn|momenteel ben ik",
	 "afwezig|niet op kantoor|met vakantie|op vakantie|niet aanwezig|met verlof|niet bereikbaar",
	 "ik ben afwezig|ben ik afwezig|ben momenteel afwezig|niet op kantoor|ben met vakantie|ben op vakantie|ben ik met vakantie|ben ik op vakantie|met verlof|"
	 "niet aanwezig|weer aanwezig|weer bereikbaar|weer op kantoor|mijn afwezigheid|bij terugkomst|na mijn terugkomst|"
	 "niet bereikbaar|beperkt toegang|automatisch antwoord|automatisch bericht|bij dringende"},
	{"it",
	 "assente|assenza|in ferie|fuori sede|fuori ufficio|in vacanza|in maternità|in trasferta|assente dall'ufficio|chiusura estiva",
	 "sono|sarò|siamo|attualmente sono|non sono",
	 "assente|fuori sede|fuori ufficio|in ferie|in vacanza|in ufficio|in trasferta|in maternità|fuori dall'ufficio",
	 "sono assente|sarò assente|sono fuori|sarò fuori|sono in ferie|sarò in ferie|sono in vacanza|sono in trasferta|non sono in ufficio|non sarò in ufficio|"
	 "fuori ufficio|fuori sede|assente dall'ufficio|sarò di ritorno|sarò di nuovo|rientrerò|al mio rientro|il mio rientro|mia assenza|"
	 "risposta automatica|messaggio automatico|per urgenze|in caso di urgenza"},
	{"es",
	 "ausente|ausencia|de vacaciones|en vacaciones|fuera del despacho|ausente de la oficina|ausencia de la oficina|de viaje|de baja|de baja maternal|de permiso",
	 "estoy|estaré|estamos|me encuentro|me encontraré|no estoy|actualmente estoy|no estaré",
	 "ausente|de vacaciones|fuera de la oficina|fuera de oficina|en la oficina|de viaje|de baja|fuera del despacho|de permiso",
	 "estoy ausente|estaré ausente|me encuentro ausente|me encontraré ausente|estoy de vacaciones|estaré de vacaciones|me encuentro de vacaciones|"
	 "fuera de la oficina|fuera de oficina|no estoy en la oficina|no estaré en la oficina|no estaré disponible|mi ausencia|mi regreso|mi vuelta|"
	 "a mi regreso|a mi vuelta|estaré de vuelta|estaré de regreso|vuelvo el|me reincorporaré|me reincorporo|acceso limitado|respuesta automática|"
	 "mensaje automático|en caso de urgencia|para urgencias|si es urgente"},
	{"pt",
	 "ausência|ausente|em férias|de férias|fora da empresa|ausência temporária|ausente do escritório|em viagem|de licença|em licença",
	 "estou|estarei|estamos|encontro-me|não estou|não estarei|no momento estou",
	 "ausente|de férias|em férias|fora do escritório|no escritório|em viagem|de licença|em licença|fora da empresa",
	 "estou ausente|estarei ausente|encontro-me ausente|estou de férias|estou em férias|estarei de férias|estarei em férias|encontro-me de férias|"
	 "fora do escritório|não estou no escritório|não estarei no escritório|minha ausência|meu regresso|meu retorno|estarei de volta|"
	 "regresso no dia|retorno no dia|retornarei|acesso limitado|resposta automática|mensagem automática|em caso de urgência|caso seja urgente"},
	{"sv",
	 "frånvarande|frånvaro|inte på kontoret|ej på kontoret|på semester|ej i tjänst|tjänstledig|föräldraledig|på tjänsteresa|sjukskriven",
	 "jag är|jag har|jag kommer|vi har|är", "inte på kontoret|på semester|semester|ledig|föräldraledig|frånvarande|bortrest|tjänstledig|inte i tjänst",
	 "jag är på semester|jag har semester|är på semester|inte på kontoret|ej på kontoret|är föräldraledig|är tjänstledig|är ledig|åter på kontoret|åter i tjänst|"
	 "tillbaka på kontoret|tillbaka den|är tillbaka|min frånvaro|när jag är tillbaka|när jag kommer tillbaka|automatiskt svar|vid brådskande|läser inte min mail"},
	{"da",
	 "fraværende|ikke til stede|ikke på kontoret|på ferie|ude af kontoret|fravær|på barsel|på orlov|på tjenesterejse",
	 "jeg er|jeg har|jeg holder|vi holder|er", "på ferie|ferie|ikke på kontoret|ikke til stede|ude af kontoret|fraværende|på barsel|på orlov|fri",
	 "jeg er på ferie|jeg har ferie|jeg holder ferie|er på ferie|ikke på kontoret|ude af kontoret|er på barsel|er på orlov|tilbage på kontoret|tilbage igen|"
	 "er tilbage|mit fravær|når jeg er tilbage|automatisk svar|autosvar|i hastende tilfælde|haster det"},
	{"no",
	 "ikke tilstede|borte fra kontoret|ute av kontoret|i permisjon|på tjenestereise|avspasering",
	 "jeg er|jeg har|er", "på ferie|ikke på kontoret|ikke tilstede|ute av kontoret|borte fra kontoret|i permisjon|bortreist|fri",
	 "ute av kontoret|borte fra kontoret|har ferie|tar ferie|er i permisjon|i permisjon|er bortreist|tilbake på kontoret|er tilbake|mitt fravær|"
	 "når jeg er tilbake|begrenset tilgang til e-post"},
	{"fi",
	 "poissa|poissaolo|lomalla|vuosilomalla|poissa toimistosta|poissa työpaikalta|virkavapaalla|perhevapaalla|hoitovapaalla|työmatkalla|kesälomalla|"
	 "talvilomalla|vapaalla|en ole paikalla|en ole toimistolla",
	 "olen|en ole|olemme", "lomalla|vuosilomalla|poissa|toimistolla|paikalla|työpaikalla|virkavapaalla|perhevapaalla|työmatkalla|vapaalla|töissä|kesälomalla",
	 "olen lomalla|olen poissa|olen vuosilomalla|olen kesälomalla|olen vapaalla|olen perhevapaalla|olen työmatkalla|olen virkavapaalla|en ole paikalla|en ole toimistolla|"
	 "en ole töissä|palaan töihin|palaan lomalta|palaan takaisin|olen tavoitettavissa|tavoitettavissa jälleen|takaisin töissä|poissaoloni|lomani aikana|"
	 "loman jälkeen|en lue sähköpost|automaattinen vastaus|automaattinen poissaolo|kiireellisissä"},
	{"et",
	 "kontorist väljas|puhkusel|eemal|lähetuses|kontorist ära", "olen|ma olen|viibin", "puhkusel|eemal|kontorist väljas|kontorist ära|lähetuses|kontoris",
	 "olen puhkusel|viibin puhkusel|olen eemal|kontorist väljas|kontorist ära|olen tagasi|tagasi kontoris|minu äraolek|automaatvastus|automaatne vastus"},
	{"lv",
	 "ārpus biroja|prombūtnē|atvaļinājumā|komandējumā", "esmu|es esmu|atrodos|būšu", "atvaļinājumā|prombūtnē|ārpus biroja|komandējumā",
	 "esmu atvaļinājumā|atrodos atvaļinājumā|būšu atvaļinājumā|esmu prombūtnē|ārpus biroja|manas prombūtnes|atgriezīšos|automātiska atbilde|automātiskā atbilde"},
	{"lt",
	 "ne darbo vietoje|atostogauju|atostogose|nesu biure|nėra biure|komandiruotėje", "esu|aš esu|šiuo metu|nesu|būsiu", "atostogose|biure|komandiruotėje|atostogauju|ne darbo vietoje",
	 "esu atostogose|atostogauju|būsiu atostogose|nesu biure|šiuo metu nesu|mano nebuvimo|grįšiu|automatinis atsakymas"},
	{"pl",
	 "poza biurem|nieobecność|nieobecny|nieobecna|nieobecność w pracy|nieobecność w biurze|na urlopie|urlop macierzyński|w delegacji|na zwolnieniu",
	 "jestem|będę|nie ma mnie|przebywam|obecnie jestem|w dniach", "na urlopie|poza biurem|nieobecny|nieobecna|w biurze|w delegacji|na zwolnieniu|niedostępny|niedostępna",
	 "jestem na urlopie|przebywam na urlopie|będę na urlopie|jestem poza biurem|będę poza biurem|poza biurem|będę nieobecny|będę nieobecna|jestem nieobecny|"
	 "jestem nieobecna|nie ma mnie w biurze|nie ma mnie w pracy|mojej nieobecności|po powrocie|wracam do pracy|wracam do biura|"
	 "ograniczony dostęp|automatyczna odpowiedź|w pilnych sprawach|w sprawach pilnych|urlopie wypoczynkowym"},
	{"cs",
	 "mimo kancelář|nepřítomnost|nepřítomen|nepřítomna|nepřítomnost v kanceláři|na dovolené|na služební cestě|na mateřské",
	 "jsem|budu|nejsem|nebudu|momentálně", "na dovolené|mimo kancelář|v kanceláři|nepřítomen|nepřítomna|na služební cestě|k zastižení|na mateřské",
	 "jsem na dovolené|čerpám dovolenou|budu na dovolené|nejsem v kanceláři|nebudu v kanceláři|mimo kancelář|jsem nepřítomen|jsem nepřítomna|nebudu přítom|mé nepřítomnosti|"
	 "mojí nepřítomnosti|budu zpět|zpět v kanceláři|po návratu|po mém návratu|omezený přístup|automatická odpověď|v naléhavých případech|v urgentních případech"},
	{"sk",
	 "mimo kancelárie|neprítomnosť|neprítomný|neprítomná|na dovolenke|na služobnej ceste", "som|budem|nie som|momentálne|nebudem",
	 "na dovolenke|mimo kancelárie|v kancelárii|neprítomný|neprítomná|na služobnej ceste",
	 "som na dovolenke|čerpám dovolenku|budem na dovolenke|nie som v kancelárii|nebudem v kancelárii|mimo kancelárie|mojej neprítomnosti|budem späť|späť v kancelárii|"
	 "po návrate|automatická odpoveď|v naliehavých prípadoch|v súrnych prípadoch"},
	{"sl",
	 "odsoten|odsotna|odsotnost|na dopustu|službeno odsoten|službeno odsotna|nisem v pisarni", "sem|bom|nisem|trenutno", "na dopustu|odsoten|odsotna|v pisarni|v službi|dosegljiv|dosegljiva",
	 "sem na dopustu|bom na dopustu|sem odsoten|sem odsotna|bom odsoten|bom odsotna|nisem v pisarni|nisem v službi|moje odsotnosti|mojo odsotnostjo|vrnem se|"
	 "po vrnitvi|ponovno v pisarni|samodejni odgovor|avtomatski odgovor|v nujnih primerih"},
	{"hr",
	 "van ureda|izvan ureda|odsutan|odsutna|odsutnost|na godišnjem odmoru|na godišnjem|van kancelarije|nisam u kancelariji|одсутан|одсутна|одсуство|на одмору|"
	 "на годишњем одмору|ван канцеларије|na bolovanju|na službenom putu|nisam u uredu",
	 "sam|nisam|bit ću|trenutno|ja sam|сам|нисам|тренутно|biću", "na godišnjem odmoru|na godišnjem|odsutan|odsutna|u uredu|u kancelariji|izvan ureda|van kancelarije|na odmoru|на одмору|одсутан|у канцеларији",
	 "na godišnjem odmoru|na godišnjem sam|izvan ureda|van ureda|van kancelarije|nisam u uredu|nisam u kancelariji|sam odsutan|sam odsutna|bit ću odsutan|bit ću odsutna|"
	 "moje odsutnosti|mog odsustva|moje odsustvo|vraćam se|po povratku|automatski odgovor|u hitnim slučajevima|на годишњем одмору|нисам у канцеларији|"
	 "одсутан сам|враћам се|аутоматски одговор|мог одсуства"},
	{"hu",
	 "házon kívül|irodán kívül|szabadságon|távollét|nem vagyok az irodában|gyesen|szabadságon vagyok|távol vagyok", "jelenleg|szabadságon|én|nem",
	 "szabadságon vagyok|irodában|házon kívül|irodán kívül|távol vagyok|vagyok",
	 "szabadságon vagyok|szabadságon leszek|szabadságomat töltöm|nem vagyok az irodában|nem tartózkodom az irodában|irodán kívül|házon kívül|távol vagyok|távol leszek|távollétem|"
	 "visszatérésem|visszatérek|szabadságom|automatikus válasz|sürgős esetben|nem vagyok elérhető"},
	{"ro",
	 "în afara biroului|in afara biroului|absent din birou|plecat din birou|în concediu|in concediu|absență|absent|absentă|în delegație", "sunt|voi fi|nu sunt|momentan",
	 "în concediu|in concediu|în afara biroului|in afara biroului|la birou|absent|absentă|plecat|plecată|în delegație",
	 "sunt în concediu|sunt in concediu|voi fi în concediu|voi fi in concediu|mă aflu în concediu|ma aflu in concediu|în afara biroului|in afara biroului|nu sunt la birou|"
	 "voi fi plecat|absența mea|absenta mea|voi reveni|mă întorc|revin la birou|la întoarcere|răspuns automat|raspuns automat|în caz de urgență|urgențe"},
	{"ru",
	 "нет на месте|вне офиса|нет на работе|в отпуске|отсутствую|отсутствие|отсутствую в офисе|отсутствую на рабочем месте|отсутствие на рабочем месте|в командировке|на больничном",
	 "я|меня|нахожусь|буду|сейчас|в настоящее время|с", "в отпуске|нет в офисе|нет на работе|нет на месте|в командировке|отсутствовать|вне офиса|отсутствую|на больничном|не в офисе",
	 "нахожусь в отпуске|я в отпуске|буду в отпуске|в отпуске до|в отпуске с|нахожусь в командировке|я в командировке|меня нет в офисе|меня нет на работе|меня не будет|"
	 "отсутствую в офисе|отсутствую на рабочем|буду отсутствовать|вне офиса|моего отсутствия|моё отсутствие|мое отсутствие|моего возвращения|"
	 "после возвращения|вернусь|буду на рабочем месте|вернусь в офис|выйду на работу|ограниченный доступ|автоматический ответ|автоответ|по срочным вопросам|в срочных случаях|"
	 "не имею доступа к почте"},
	{"uk",
	 "поза офісом|відсутній|відсутня|відсутній на робочому місці|відсутня на робочому місці|у відпустці|відсутність на робочому місці|немає на місці|у відрядженні",
	 "я|мене|перебуваю|буду|зараз", "у відпустці|немає в офісі|у відрядженні|поза офісом|відсутній|відсутня|не в офісі",
	 "я у відпустці|перебуваю у відпустці|знаходжусь у відпустці|буду у відпустці|у відпустці до|мене немає в офісі|мене не буде|поза офісом|буду відсутн|моєї відсутності|"
	 "після повернення|повернуся|повернусь|автоматична відповідь|у термінових випадках|з термінових питань|у відрядженні"},
	{"bg",
	 "извън офиса|извън офис|в отпуск|отсъствам|отсъствие|в командировка", "аз съм|в момента|ще бъда|съм|няма ме", "в отпуск|извън офиса|в офиса|в командировка",
	 "в отпуск съм|съм в отпуск|ще бъда в отпуск|извън офиса|няма да съм в офиса|няма ме в офиса|ще отсъствам|моето отсъствие|ще се върна|след завръщането|автоматичен отговор|"
	 "при спешни случаи|ограничен достъп"},
	{"mk", "надвор од канцеларија|на одмор|отсутен", "јас сум|сум|не сум", "на одмор|отсутен|во канцеларија", "на годишен одмор|на одмор сум|сум отсутен|надвор од канцеларија|автоматски одговор"},
	{"el",
	 "εκτός γραφείου|απουσία|απουσιάζω|σε άδεια|απουσία από το γραφείο", "είμαι|θα είμαι|βρίσκομαι|λείπω|απουσιάζω",
	 "σε άδεια|εκτός γραφείου|από το γραφείο|σε διακοπές",
	 "είμαι σε άδεια|βρίσκομαι σε άδεια|θα είμαι σε άδεια|εκτός γραφείου|λείπω από το γραφείο|απουσιάζω από|θα απουσιάζω|απουσία μου|απουσίας μου|επιστροφή μου|"
	 "θα επιστρέψω|επιστρέφω στις|αυτόματη απάντηση|για επείγοντα|περιορισμένη πρόσβαση"},
	{"tr",
	 "ofis dışında|ofis dışındayım|iş yeri dışında|izindeyim|izinli|yıllık izin|yıllık izindeyim|tatildeyim|ofis dışı|yıllık izinde", "şu anda|ben|tarihleri arasında", "izindeyim|ofis dışındayım|tatildeyim|izinliyim|ofiste değilim|ofiste olmayacağım|izinde olacağım",
	 "yıllık izindeyim|izindeyim|izinde olacağım|izinli olacağım|izinliyim|ofis dışındayım|ofiste değilim|ofiste olmayacağım|ofiste bulunmayacağım|tatildeyim|döneceğim|"
	 "dönüşümde|döndüğümde|ofiste olacağım|otomatik yanıt|acil durumlarda|acil konular|yokluğumda"},
	{"he",
	 "מחוץ למשרד|לא במשרד|בחופשה|היעדרות מהמשרד|בחופש", "אני|הנני|כרגע", "בחופשה|מחוץ למשרד|לא במשרד|בחופש|לא נמצא במשרד|לא נמצאת במשרד",
	 "אני בחופשה|אני נמצא בחופשה|אני נמצאת בחופשה|בחופשה עד|אהיה בחופשה|מחוץ למשרד|לא אהיה במשרד|לא נמצא במשרד|לא נמצאת במשרד|אחזור בתאריך|אשוב בתאריך|עם שובי|בהיעדרי|"
	 "תשובה אוטומטית|מענה אוטומטי|במקרים דחופים"},
	{"ar",
	 "خارج المكتب|خارج مكتب|في إجازة|غائب عن المكتب|خارج الدوام|في اجازة", "أنا|أنا حاليا|انا|سأكون|حاليا", "في إجازة|في اجازة|خارج المكتب|خارج الدوام",
	 "أنا في إجازة|أنا حاليا في إجازة|أنا حاليًا في إجازة|سأكون في إجازة|في إجازة حتى|في إجازة سنوية|أنا خارج المكتب|خارج المكتب حتى|سأكون خارج المكتب|خارج المكتب|سأعود|"
	 "عند عودتي|بعد عودتي|رد تلقائي|في الحالات العاجلة|للأمور العاجلة|أثناء غيابي|خلال فترة غيابي"},
	{"fa",
	 "خارج از دفتر|در مرخصی", "من|اینجانب", "در مرخصی هستم|خارج از دفتر|در مرخصی|در دفتر نیستم",
	 "در مرخصی هستم|در مرخصی خواهم بود|خارج از دفتر هستم|در دفتر نیستم|در دفتر نخواهم بود|پاسخ خودکار|باز خواهم گشت|در غیاب من"},
	{"hi", "कार्यालय से बाहर|छुट्टी पर|अवकाश पर", "मैं", "छुट्टी पर हूँ|छुट्टी पर हूं|अवकाश पर हूँ|कार्यालय से बाहर हूँ|कार्यालय से बाहर हूं",
	 "छुट्टी पर हूँ|छुट्टी पर हूं|अवकाश पर हूँ|अवकाश पर हूं|कार्यालय से बाहर|कार्यालय में नहीं|अनुपस्थिति में|स्वचालित उत्तर"},
	{"th",
	 "ไม่อยู่ที่สำนักงาน|ไม่อยู่ที่ทำงาน|ลาพักร้อน|ไม่อยู่ที่ออฟฟิศ", "ฉัน|ผม|ดิฉัน|ขณะนี้", "ลาพักร้อน|ไม่อยู่ที่สำนักงาน|ไม่อยู่ที่ออฟฟิศ|ไม่อยู่ออฟฟิศ|ลาหยุด",
	 "ไม่อยู่ที่สำนักงาน|ไม่อยู่ที่ทำงาน|ไม่อยู่ที่ออฟฟิศ|ไม่อยู่ออฟฟิศ|อยู่ระหว่างลาพักร้อน|ลาพักร้อนตั้งแต่|ลาพักผ่อน|ลาหยุด|จะกลับมาทำงาน|กรณีเร่งด่วน|ตอบกลับอัตโนมัติ"},
	{"vi",
	 "vắng mặt|không có mặt tại văn phòng|không ở văn phòng|nghỉ phép|đang nghỉ phép|ngoài văn phòng|đi công tác", "tôi|hiện tại tôi|hiện tôi",
	 "nghỉ phép|vắng mặt|văn phòng|đi công tác",
	 "tôi đang nghỉ phép|tôi nghỉ phép|tôi sẽ nghỉ phép|đang đi công tác|không có mặt tại văn phòng|vắng mặt tại văn phòng|tôi sẽ vắng mặt|tôi đang vắng mặt|sẽ quay lại làm việc|trở lại văn phòng|"
	 "trở lại làm việc|thư trả lời tự động|trả lời tự động|trường hợp khẩn cấp"},
	{"id",
	 "di luar kantor|sedang cuti|tidak di kantor|di luar pejabat|bercuti|cuti|dinas luar", "saya|saat ini saya|mohon maaf saya", "cuti|di luar kantor|di kantor|bercuti|di luar pejabat|dinas luar",
	 "saya sedang cuti|saya cuti|saya sedang bercuti|saya bercuti|saya berada di luar kantor|saya sedang di luar kantor|di luar kantor|tidak berada di kantor|tidak di kantor|di luar pejabat|akan kembali pada|"
	 "kembali ke kantor|kembali bekerja|selama saya|balasan otomatis|untuk hal mendesak|keadaan mendesak"},
	{"zh",
	 "外出|不在办公室|休假|正在休假|休假中|出差|度假|不在辦公室|外出中|放假中|出差中|请假|請假", "我|本人|目前", "休假|不在办公室|不在辦公室|出差|度假|休假中|出差中|外出|放假",
	 "我正在休假|正在休假|我在休假|休假中|本人休假|我不在办公室|不在办公室|我正在出差|出差中|外出办公|无法及时回复|不能及时回复|无法立即回复|我将于|返回办公室|回到办公室|期间无法|如有急事|如有紧急|"
	 "自动回复|我不在辦公室|不在辦公室|無法及時回覆|無法立即回覆|無法即時回覆|如有緊急|如有急事|回到辦公室|返回辦公室|自動回覆|外出中|休假期間|休假期间"},
	{"ja",
	 "不在|休暇中|外出中|お休み|出張中|休業|夏季休業|年末年始休業|育休中|産休中", "私は|現在|誠に勝手ながら", "休暇中です|不在です|外出中です|出張中です|休暇をいただいております|不在にしております|お休みをいただいております|休業いたします",
	 "休暇をいただいて|休暇を頂いて|休暇を取得|休暇中|お休みをいただいて|お休みを頂いて|お休みをいただき|不在にして|不在となります|不在としております|不在のため|不在の為|外出しております|出張しております|出張のため|休業とさせて|休業いたし|"
	 "メールを確認できません|返信が遅れ|ご返信が遅く|戻り次第|帰社後|出社後|自動返信|自動応答|お急ぎの場合|緊急の場合"},
	{"ko",
	 "부재중|부재 중|부재중입니다|휴가 중|휴가중|출장 중|외출 중|사무실 부재|출장중|외출중|육아휴직 중", "저는|현재|나는|본인은", "휴가 중입니다|부재중입니다|부재 중입니다|출장 중입니다|휴가중입니다|외출 중입니다",
	 "휴가 중입니다|휴가중입니다|휴가 중이|휴가로 인해|휴가로 인하여|부재중입니다|부재 중입니다|부재중이오니|사무실에 없|사무실을 비|자리를 비|출장 중입니다|출장중입니다|출장 중이|출장으로 인해|육아휴직 중|"
	 "복귀 후|복귀하는 대로|복귀 예정|회신이 늦|답변이 늦|확인이 어렵|자동 회신|자동 응답|자동회신|자동응답|급한 용무|긴급한 사항|급하신"},
	{"ca",
	 "de vacances|absent de l'oficina|absència|fora de l'oficina", "sóc|soc|estic|seré|estaré", "de vacances|fora de l'oficina|absent|absenta|a l'oficina",
	 "estic de vacances|soc de vacances|sóc de vacances|estaré de vacances|fora de l'oficina|absent de l'oficina|la meva absència|la meva tornada|tornaré el|resposta automàtica|en cas d'urgència"},
	{"gl", "fóra da oficina|de vacacións", "estou|estarei", "de vacacións|fóra da oficina|ausente", "estou de vacacións|estarei de vacacións|fóra da oficina|miña ausencia|resposta automática"},
	{"eu", "bulegotik kanpo|oporretan", "", "", "oporretan nago|bulegotik kanpo|erantzun automatikoa"},
	{"is", "ekki á skrifstofunni|í fríi|er í fríi|í orlofi|í sumarfríi", "ég er|ég verð", "í fríi|í orlofi|í sumarfríi|á skrifstofunni",
	 "ég er í fríi|er í sumarfríi|ég verð í fríi|ég er í orlofi|ekki á skrifstofunni|ekki við|kem aftur|sjálfvirkt svar"},
	{"sq", "jashtë zyrës|me pushime", "jam|unë jam|do të jem", "me pushime|jashtë zyrës", "jam me pushime|do të jem me pushime|jashtë zyrës|do të kthehem|përgjigje automatike"},
	{"af", "uit kantoor|met verlof", "ek is", "met verlof|uit kantoor|uit die kantoor", "ek is met verlof|uit kantoor|uit die kantoor|outomatiese antwoord"},
	{0},
};

/* What the subjects of all rows begin with. Filled once a process. */
static char all_subjects[8192];

static void gather(void)
{
	static gsize done;
	if (!g_once_init_enter(&done))
		return;
	for (const struct absence_words *row = absence_table; row->language; row++)
		pd_words_gather(all_subjects, sizeof all_subjects, row->subject);
	g_once_init_leave(&done, 1);
}

bool pd_absence_subject(const char *fold, bool (*goes_on)(const char *rest))
{
	gather();
	if (pd_words_begins_before(fold, all_subjects, goes_on))
		return true;
	for (const struct absence_words *row = absence_table; row->language; row++) {
		size_t begins = *row->begins ? pd_words_begins(fold, row->begins) : 0;
		size_t after = begins ? pd_words_find(fold + begins, row->away, NULL) : 0;
		if (after && goes_on(fold + begins + after))
			return true;
	}
	return false;
}

bool pd_absence_names(const char *fold)
{
	for (const struct absence_words *row = absence_table; row->language; row++)
		if (pd_words_find(fold, row->away, NULL))
			return true;
	return false;
}

bool pd_absence_is(const char *fold)
{
	gather();
	return pd_words_is(fold, all_subjects);
}

bool pd_absence_text(struct pd_arena *arena, const char *text)
{
	const char *fold = pd_words_fold(arena, text, strlen(text), TEXT_LOOKED, NULL);
	for (const struct absence_words *row = absence_table; row->language; row++)
		if (pd_words_find(fold, row->text, NULL))
			return true;
	return false;
}
