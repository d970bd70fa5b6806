/* Tables of languages: attribution lines, header blocks, markers of original and forwarded mails, signatures of
 * devices, disclaimers. Data only; see quote_tables.h for the form. */
#include "mime/quote_tables.h"
#include <stddef.h>

const struct pd_attribution_words pd_attribution_table[] = {
	{"en", "on|at|in article|in message", "wrote|writes|sent|said|has written|wrote the following|wrote to me", "wrote on|wrote at|writes on"},
	{"de", "am|um", "schrieb|schrieben|geschrieben|schrieb folgendes|schrieb mir", "schrieb|schrieben"},
	{"fr", "le|en date du", "a écrit|a ecrit|ont écrit|écrit|écrivait|a envoyé|écrit ceci|a écrit ceci|a répondu", "a écrit"},
	{"es", "el|en", "escribió|escribio|ha escrito|escribía", "escribió|escribio"},
	{"pt", "em|no dia|a", "escreveu|escreveram", "escreveu"},
	{"it", "il|in data|il giorno", "ha scritto|scrive|scriveva|scritto", "ha scritto"},
	{"nl", "op", "schreef|schreven|geschreven|schreef het volgende", "schreef"},
	{"pl", "w dniu|dnia|dn.", "napisał|napisał(a)|napisała|napisał/a|pisze|napisali", "napisał|napisał(a)|pisze"},
	{"cs", "dne|v", "napsal|napsal(a)|napsala|píše", "napsal|napsal(a)|píše"},
	{"sk", "dňa|v", "napísal|napísal(a)|napísala|píše", "napísal|napísal(a)|píše"},
	{"sl", "dne|v", "je napisal|je napisala|je napisal/a|napisal|napisala|napisal(a)", "je napisal|je oseba"},
	{"hr", "dana|u|dne|na", "je napisao|je napisala|napisao je|napisala je|napisao|napisala|napisao/la|je napisao/la|piše", "je napisao|piše"},
	{"sr", "дана|у|на|dana", "је написао|је написала|написао|је написао/ла|je napisao/la", "је написао"},
	{"ru", "в|от|вы писали", "написал|написал(а)|написал(-а)|написала|писал|писал(а)|писала|писали|пишет|сообщил", "написал|написала|пишет|писал|писал(а)|писали|вы писали"},
	{"uk", "у|в|від", "написав|написав(ла)|написала|написав(-ла)|пише|писав|писав(ла)|писала", "пише|писав|писав(ла)|написав|написала"},
	{"be", "у|ад", "напісаў|напісаў(-ла)|напісала|піша", "піша|напісаў"},
	{"bg", "на|в", "написа|пише|написал", "написа|пише"},
	{"mk", "на", "напиша|пишува", "напиша|пишува"},
	{"hu", "", "ezt írta|írta|a következőt írta|azt írta", "ezt írta|írta"},
	{"ro", "în data de|pe|la|in data de", "a scris", "a scris"},
	{"da", "den|d.|på", "skrev|skrev følgende", "skrev"},
	{"no", "den|på|kl.", "skrev|skrev følgende", "skrev"},
	{"sv", "den|på", "skrev|skrev följande|skriver", "skrev"},
	{"is", "þann|á", "skrifaði|ritaði", "skrifaði|ritaði"},
	{"fi", "", "kirjoitti|kirjoitti näin|kirjoittaa|lähetti|kirjoitti seuraavasti", "kirjoitti|lähetti"},
	{"et", "", "kirjutas|kirjutas järgmist|kirjutab", "kirjutas"},
	{"lv", "", "rakstīja|rakstija|raksta|uzrakstīja", "rakstīja"},
	{"lt", "", "rašė|parašė|rašo", "rašė"},
	{"el", "στις|την|στισ", "έγραψε|έγραψε τα εξής|egrapse", "έγραψε"},
	{"tr", "", "yazdı|şunu yazdı|şunları yazdı|tarihinde yazdı", "yazdı"},
	{"az", "", "yazıb|yazdı", ""},
	{"vi", "vào|vào lúc|lúc|ngày", "đã viết|viết", ""},
	{"id", "pada", "menulis|tulis", "menulis"},
	{"ms", "pada", "menulis|telah menulis", ""},
	{"tl", "noong", "sumulat|isinulat ni", "sumulat si"},
	{"th", "ในวันที่|เมื่อ|เมื่อวันที่", "เขียนว่า|ได้เขียนว่า|เขียน", ""},
	{"zh", "于|在|於", "写道|寫道|写到|写|寫|撰写", "写道|寫道"},
	{"ja", "", "のメール|さんは書きました|さんが書きました|は書きました|書きました|さんからのメール|のメッセージ|が書きました|wrote", "さんは書きました|は書きました|さんが書きました"},
	{"ko", "", "님이 작성|작성|작성함|님이 씀|썼습니다|쓴 글|님이 쓴 글|님이 작성한 메시지|보냄", ""},
	{"ar", "في|بتاريخ", "كتب|كتبت|كتب ما يلي|كتب:", "كتب|كتبه|تمت كتابة ما يلي بواسطة"},
	{"he", "ב-|בתאריך|ביום", "כתב|כתבה|כתב/ה|כתב(ה)|מאת", "כתב|מאת"},
	{"fa", "در|در تاریخ", "نوشت|نوشته|نوشته است", "نوشت"},
	{"hi", "", "ने लिखा|ने लिखा है|लिखा", ""},
	{"mr", "", "ने लिहिले|यांनी लिहिले|लिहिले", ""},
	{"bn", "", "লিখেছেন|লিখেছে", ""},
	{"ta", "", "எழுதியது|எழுதினார்", ""},
	{"te", "", "ఇలా రాసారు|ఇలా రాశారు|వ్రాశారు|రాశారు", ""},
	{"ml", "", "എഴുതി|ഇതെഴുതി|ഇങ്ങനെ എഴുതി|ഇപ്രകാരം എഴുതി", ""},
	{"gu", "", "એ લખ્યું|લખ્યું", ""},
	{"kn", "", "ಅವರು ಬರೆದಿದ್ದಾರೆ|ಬರೆದಿದ್ದಾರೆ|ಬರೆದರು", ""},
	{"ka", "", "დაწერა|წერდა", ""},
	{"hy", "", "գրել է|գրեց", ""},
	{"kk", "", "жазды", ""},
	{"mn", "", "бичсэн", ""},
	{"ca", "el|a", "va escriure|ha escrit", "va escriure"},
	{"gl", "o|en", "escribiu", "escribiu"},
	{"eu", "", "idatzi du|igorleak hau idatzi du|hau idatzi zuen|idatzi zuen", ""},
	{"sq", "më|me", "shkroi|ka shkruar", "shkroi"},
	{"af", "op", "het geskryf|geskryf|skryf", "het"},
	{"sw", "mnamo", "aliandika|ameandika", ""},
	{"cy", "ar", "ysgrifennodd", "ysgrifennodd"},
	{"ga", "ar", "scríobh", "scríobh"},
	{"eo", "je|la", "skribis", "skribis"},
	{"am", "", "የሚከተለውን ጽፏል|ጽፏል|ጻፈ", ""},
	{"km", "", "បានសរសេរ|សរសេរ", ""},
	{"lo", "", "ຂຽນວ່າ|ໄດ້ຂຽນວ່າ", ""},
	{"my", "", "ရေးခဲ့သည်|ရေးသားခဲ့သည်", ""},
	{"ne", "", "ले लेख्नुभयो|ले लेखे", ""},
	{"pa", "", "ਨੇ ਲਿਖਿਆ|ਨੇ ਲਿਖਿਆ ਹੈ", ""},
	{"si", "", "ලිව්වේය|ලිව්වා|ලියා ඇත", ""},
	{"ur", "", "نے لکھا|نے تحریر کیا", ""},
	{"uz", "", "yozdi|quyidagilarni yozdi", ""},
	{"ky", "", "жазган|жазды", ""},
	{"zu", "", "ubhale|ubhale wathi|wabhala", ""},
	{"lb", "de|den|um", "huet geschriwwen|schreift", "huet"},
	{"br", "", "en deus skrivet|he deus skrivet", ""},
	{"fo", "", "skrivaði", "skrivaði"},
	{0},
};

const struct pd_header_words pd_header_table[] = {
	{"en", "from", "date", "sent|sent on|date sent|sent at", "to", "cc|bcc|copy", "subject|re",
	 "reply-to|reply to|importance|attachments|attachment|priority|sensitivity|organization|message-id|resent-from|"
	 "sender|when|where|security|x-mailer|newsgroups|in-reply-to|references|mime-version|content-type|on behalf of"},
	{"de", "von", "datum", "gesendet|gesendet am|gesendet um|verschickt", "an", "cc|kopie|kopie an|bcc", "thema|betreff|betr|betr.",
	 "kopie (cc)|antwort an|antworten an|wichtigkeit|priorität|anlagen|anhänge|organisation|signiert von|im auftrag von"},
	{"fr", "de|expéditeur", "date", "envoyé|envoye|envoyé le|date d'envoi|envoyé par|message du", "à|a|pour|destinataire", "cc|copie à|copie a|copie|cci",
	 "objet|sujet", "répondre à|importance|pièces jointes|pièce jointe|pj|priorité"},
	{"es", "de|desde|remitente", "fecha", "enviado|enviado el|fecha de envío|enviados", "para|a|destinatario", "cc|copia|cco", "asunto|tema",
	 "responder a|importancia|datos adjuntos|archivos adjuntos|adjuntos|prioridad"},
	{"pt", "de|remetente", "data", "enviado|enviada|enviado em|enviada em|data de envio", "para|destinatário", "cc|cópia|com cópia|cco", "assunto",
	 "responder a|responder para|resposta para|importância|anexos|prioridade"},
	{"it", "da|mittente", "data", "inviato|inviata|inviato il|data invio|data di invio", "a|destinatario", "cc|copia|p.c.|ccn|c.c.",
	 "oggetto|ogg", "rispondi a|priorità|allegati|allegato|importanza"},
	{"nl", "van|afzender", "datum", "verzonden|verzonden op|verstuurd|verzenddatum", "aan", "cc|kopie|bcc", "onderwerp|betreft",
	 "antwoord aan|beantwoorden aan|urgentie|bijlagen|bijlage|prioriteit"},
	{"sv", "från|fran", "datum", "skickat|skickades|skickad", "till", "kopia|cc|hemlig kopia", "ämne|amne",
	 "svar till|svara till|prioritet|bilagor|bifogade filer"},
	{"da", "fra", "dato", "sendt|sendt den", "til", "cc|kopi|bcc", "emne", "svar til|prioritet|vedhæftede filer|vedhæftet fil"},
	{"no", "fra", "dato", "sendt", "til", "kopi|cc|blindkopi", "emne", "svar til|prioritet|vedlegg|viktighet"},
	{"is", "frá|sendandi", "dagsetning|dags", "sent", "til", "afrit", "efni", ""},
	{"fi", "lähettäjä|lahettaja|keneltä", "päivämäärä|päiväys|pvm|päivä", "lähetetty|lähetysaika", "vastaanottaja|kenelle|saaja",
	 "kopio|kopio vastaanottajalle", "aihe|otsikko", "vastausosoite|vastaus|liitteet|prioriteetti|tärkeys"},
	{"et", "saatja|kellelt", "kuupäev", "saadetud|saatmisaeg", "adressaat|saaja|kellele", "koopia", "teema|pealkiri", "manused"},
	{"lv", "no|sūtītājs", "datums", "nosūtīts|nosutits", "kam|adresāts", "kopija", "tēma|temats", "pielikumi"},
	{"lt", "nuo|siuntėjas", "data", "išsiųsta|išsiųstas", "kam|iki|gavėjas|adresatas", "kopija", "tema", "priedai"},
	{"pl", "od|nadawca", "data", "wysłano|wysłane|data wysłania|wyslano", "do|adresat|odbiorca", "dw|kopia|udw|cc", "temat",
	 "odpowiedz do|odpowiedź do|odpowiedź-do|odpowiedz-do|ważność|załączniki|priorytet|organizacja"},
	{"cs", "od", "datum", "odesláno|odeslano|odesláno dne", "komu|pro", "kopie|skrytá kopie", "předmět|predmet|věc",
	 "odpovědět na|odpověď na|důležitost|přílohy|priorita"},
	{"sk", "od", "dátum|datum", "odoslané|odoslaná|odoslane", "komu|pre", "kópia|kopia", "predmet|vec",
	 "odpovedať na|odpovedať-pre|odpoveď na|prílohy|dôležitosť"},
	{"hu", "feladó|felado|küldő", "dátum|datum", "elküldve|küldve|elkuldve|küldés ideje", "címzett|cimzett",
	 "másolatot kap|másolat|titkos másolat", "tárgy|targy", "válaszcím|mellékletek|fontosság|prioritás"},
	{"ro", "de la|dela|expeditor|expeditorul", "data|dată", "trimis|trimisă|trimis la|trimise", "către|catre|la|pentru|destinatar|destinatarul", "cc|copie",
	 "subiect|subiectul", "răspuns către|atașări|atasari|importanță|prioritate"},
	{"ru", "от|от кого|отправитель", "дата", "отправлено|послано|отправлен|дата отправки", "кому|получатель", "копия|скрытая копия",
	 "тема", "ответить|ответ-кому|ответ кому|кому ответить|важность|вложения|приоритет"},
	{"uk", "від|від кого|відправник", "дата", "надіслано|відправлено|послано", "кому|до|одержувач", "копія|коп.", "тема",
	 "кому відповісти|відповісти|вкладення|важливість|пріоритет"},
	{"be", "ад|ад каго", "дата", "адпраўлена|даслана", "каму|да", "копія", "тэма", ""},
	{"bg", "от|изпращач|подател", "дата", "изпратено|изпратен|изпратено на", "до|получател", "копие|як|явно копие", "относно|тема|заглавие",
	 "важност|прикачени файлове"},
	{"mk", "од", "датум", "испратено|пратено", "до|за", "копија", "предмет|тема", ""},
	{"sr", "od|šalje|од|шаље", "datum|датум", "poslato|poslano|послато|послано", "za|prima|за|прима", "kopija|копија",
	 "naslov|predmet|tema|наслов|предмет|тема", "важност"},
	{"hr", "od|šalje|pošiljatelj", "datum", "poslano|poslana|datum slanja", "za|prima|primatelj|kome", "kopija|kopija za|kp",
	 "predmet|naslov|tema", "odgovori na|odgovor na|privici|važnost|prioritet"},
	{"sl", "od|pošiljatelj", "datum", "poslano|poslana", "za|prejemnik", "kp|kopija|v vednost", "zadeva", "priponke|pomembnost"},
	{"sq", "nga", "data", "dërguar|derguar", "për|te|drejtuar", "kopje", "subjekti|tema", ""},
	{"el", "από|απο|αποστολέας", "ημερομηνία|ημ/νία", "στάλθηκε|εστάλη|αποστολή|ημερομηνία αποστολής", "προς|παραλήπτης",
	 "κοιν.|κοιν|κοινοποίηση", "θέμα", "συνημμένα|σπουδαιότητα"},
	{"tr", "kimden|gönderen|gonderen|gönderici", "tarih", "gönderildi|gönderilen|gönderilme zamanı|gönderme|gönderilme|gönderme tarihi|gönderilme tarihi|gönderim", "kime|alıcı|alici",
	 "bilgi|cc|gizli", "konu", "ekler|önem|yanıtla|yanıt adresi|yanıtlama adresi"},
	{"az", "kimdən|göndərən", "tarix", "göndərildi|göndərilib", "kimə", "surəti", "mövzu", ""},
	{"he", "מאת|מ", "תאריך", "נשלח|נשלח בתאריך", "אל|עד|ל", "עותק|העתק|עותקים", "נושא|הנדון", "קבצים מצורפים|חשיבות"},
	{"ar", "من|المرسل", "التاريخ|تاريخ", "تم الإرسال|أرسلت|أرسل|تاريخ الإرسال|مرسل|إرسال", "إلى|الى|المستلم", "نسخة|نسخة إلى",
	 "الموضوع|موضوع", "المرفقات|الأهمية"},
	{"fa", "از|فرستنده", "تاریخ", "ارسال شده|ارسال|فرستاده شده", "به|گیرنده", "رونوشت", "موضوع", "پیوست‌ها"},
	{"hi", "प्रेषक|से|की ओर से", "दिनांक|तारीख|तिथि", "भेजा गया|भेजा", "प्रति|प्राप्तकर्ता|सेवा में", "सीसी", "विषय", ""},
	{"th", "จาก|ผู้ส่ง", "วันที่", "ส่ง|ส่งเมื่อ|วันที่ส่ง", "ถึง|ผู้รับ", "สำเนา|สําเนา|สำเนาถึง", "เรื่อง|หัวเรื่อง|ชื่อเรื่อง", ""},
	{"vi", "từ|người gửi", "ngày|thời gian", "đã gửi|gửi|gửi lúc|ngày gửi|date sent", "đến|tới|người nhận", "sao|đồng gửi",
	 "chủ đề|tiêu đề|đề mục", "tệp đính kèm"},
	{"id", "dari|pengirim", "tanggal", "dikirim|terkirim|dikirim pada|waktu", "kepada|ke|untuk", "tembusan|salinan",
	 "subjek|perihal|judul|hal", "lampiran"},
	{"ms", "daripada|dari", "tarikh", "dihantar|hantar", "kepada|ke", "salinan|sk", "subjek|perkara", ""},
	{"zh-cn", "发件人|寄件人|发自|来自|发信人", "日期|时间|日 期|发件日期", "发送时间|发送日期|已发送|发送|寄件日期", "收件人|收信人|致|至",
	 "抄送|抄送人|抄 送|密送", "主题|主 题|标题", "附件|重要性|回复|答复"},
	{"zh-tw", "寄件者|寄件人|發件人|發信人|從|自|来自", "日期|時間", "寄件日期|傳送日期|已傳送|已寄件|發送時間|寄件時間|發送日期|傳送時間|傳送", "收件者|收件人|至|到",
	 "副本|抄送|密件副本", "主旨|主題|標題", "附件|重要性|回覆"},
	{"ja", "差出人|送信者|送信元|from", "日付|日時|date", "送信日時|送信|送信日|送付日時|送信日付", "宛先|送信先|受信者|to", "cc|写し|c c",
	 "件名|題名|タイトル", "添付ファイル|重要度|返信先|優先度"},
	{"ko", "보낸 사람|보낸사람|발신자|발신|보낸이|발신인|from", "날짜|일시|일자", "보낸 날짜|보낸날짜|보낸 시간|전송 날짜|보냄|작성 날짜|발송 날짜|전송됨", "받는 사람|받는사람|받은 사람|수신자|받는이|수신|수신인",
	 "참조|숨은 참조", "제목", "첨부 파일|첨부|중요도"},
	{"ca", "de", "data", "enviat|enviat el|data d'enviament", "per a|a|per", "a/c|cc|còpia", "assumpte|tema", ""},
	{"gl", "de", "data", "enviado|enviado o", "para|a", "cc|copia", "asunto", ""},
	{"eu", "nork|noiz|igorlea", "data", "bidalia|bidaltze-data", "nori|hartzailea", "cc|kopia", "gaia", ""},
	{"af", "van|vanaf", "datum", "gestuur|versend", "aan", "cc|afskrif", "onderwerp", ""},
	{"tl", "mula sa|mula kay", "petsa", "ipinadala", "para kay|kay", "cc", "paksa", ""},
	{"ka", "გამომგზავნი|გამგზავნი|ვისგან", "თარიღი", "გაგზავნილია|გაიგზავნა|გაგზავნის დრო", "მიმღები|ადრესატი|ვის", "ასლი", "თემა|საგანი", ""},
	{"hy", "ումից|ուղարկող|ուղարկողը", "ամսաթիվ|ամսաթիվը", "ուղարկված է|ուղարկվել է", "ում|ստացող", "պատճեն", "թեմա|վերնագիր", ""},
	{"ur", "منجانب|از طرف", "تاریخ", "بھیجا گیا|ارسال کردہ|ارسال", "بنام|بجانب", "نقل", "موضوع|عنوان", ""},
	{"bn", "প্রেরক|থেকে", "তারিখ", "পাঠানো হয়েছে|প্রেরিত", "প্রতি|প্রাপক", "অনুলিপি", "বিষয়", ""},
	{"ta", "அனுப்புநர்|இருந்து|அனுப்பியவர்", "தேதி", "அனுப்பப்பட்டது", "பெறுநர்", "நகல்", "பொருள்|தலைப்பு", ""},
	{"te", "నుండి|పంపినవారు", "తేదీ", "పంపబడింది|పంపినది", "వీరికి|కు", "కాపీ", "విషయం", ""},
	{"ml", "അയച്ചത്|പ്രേഷകൻ", "തീയതി", "അയച്ച തീയതി", "സ്വീകർത്താവ്", "പകർപ്പ്", "വിഷയം", ""},
	{"kn", "ಇಂದ|ಕಳುಹಿಸಿದವರು", "ದಿನಾಂಕ", "ಕಳುಹಿಸಲಾಗಿದೆ", "ಗೆ|ಸ್ವೀಕರಿಸುವವರು", "ಪ್ರತಿ", "ವಿಷಯ", ""},
	{"mr", "प्रेषक|पासून", "दिनांक|तारीख", "पाठवले", "प्रति", "प्रत", "विषय", ""},
	{"gu", "તરફથી|પ્રેષક", "તારીખ", "મોકલ્યું|મોકલેલ", "પ્રતિ|પ્રાપ્તકર્તા", "નકલ", "વિષય", ""},
	{"sw", "kutoka kwa|kutoka", "tarehe", "imetumwa|ilitumwa", "kwa", "nakala", "mada|kichwa", ""},
	{"cy", "oddi wrth|gan", "dyddiad", "anfonwyd", "at", "copi", "pwnc|testun", ""},
	{"ga", "ó", "dáta", "seolta", "chuig|go", "cóip", "ábhar", ""},
	{"mt", "minn|mingħand", "data", "mibgħut|mibgħuta", "lil", "kopja", "suġġett", ""},
	{"lb", "vun", "datum", "geschéckt", "un", "kopie", "sujet|betreff", ""},
	{"uz", "kimdan", "sana", "yuborildi|yuborilgan", "kimga", "nusxa", "mavzu", ""},
	{"mn", "хэнээс|илгээгч", "огноо", "илгээсэн", "хэнд|хүлээн авагч", "хуулбар", "сэдэв|гарчиг", ""},
	{"ne", "प्रेषक|बाट", "मिति", "पठाइएको", "प्रति", "प्रतिलिपि", "विषय", ""},
	{"km", "ពី", "កាលបរិច្ឆេទ", "បានផ្ញើ", "ទៅ|ជូនចំពោះ", "ចម្លង", "ប្រធានបទ|កម្មវត្ថុ", ""},
	{"kk", "кімнен", "күні", "жіберілді|жіберілген күні", "кімге", "көшірме", "тақырып", ""},
	{0},
};

const struct pd_marker_words pd_marker_table[] = {
	{"en", "original message processed by david|original message processed by tobit.infocenter|replied mail|original message|original appointment|original email|original mail|original e-mail|replied message|reply message|"
	       "previous message|original|begin message|message text|in reply to|quoted message",
	 "forwarded message|forwarded mail|forwarded email|forwarded by|begin forwarded message|start of forwarded message|"
	 "forwarded message from|forward message|forwarded|begin forward message|original message forwarded|forwarding"},
	{"de", "ursprüngliche nachricht|originalnachricht|original-nachricht|originalmail|original nachricht|ursprüngliche mail|"
	       "ursprünglicher termin|ursprüngl. nachricht|antwort auf|nachricht",
	 "anfang weitergeleitete nachricht|beginn der weitergeleiteten e-mail|weitergeleitete nachricht|weitergeleitete mail|anfang der weitergeleiteten nachricht|anfang der weitergeleiteten e-mail|"
	 "weitergeleitete e-mail|weitergeleitet von|beginn der weitergeleiteten nachricht"},
	{"fr", "mail original|message d'origine de|message précédent|e-mail original|e-mail d'origine|message d'origine|message original|courriel original|mail d'origine|message initial|message originel|"
	       "message reçu|rendez-vous d'origine",
	 "message transféré|message transmis|début du message réexpédié|debut du message reexpedie|message réexpédié|"
	 "courriel transféré|début du message transféré|mail transféré|e-mail transféré|transféré par"},
	{"es", "mensaje original|mensaje de origen|correo original|cita original",
	 "mensaje reenviado|mensaje enviado|inicio del mensaje reenviado|comienzo del mensaje reenviado|forwarded message|"
	 "reenviado por|mensaje remitido"},
	{"pt", "mensagem original|mensagem de origem|email original|compromisso original",
	 "mensagem encaminhada|mensagem reencaminhada|início da mensagem encaminhada|início da mensagem reencaminhada|"
	 "inicio da mensagem encaminhada|início de mensagem reenviada|encaminhado por|mensagem enviada"},
	{"it", "messaggio precedente|messaggio originale|messaggio originario|mail originale|appuntamento originale",
	 "messaggio inoltrato|inizio messaggio inoltrato|inizio del messaggio inoltrato|inoltrato da|messaggio reinoltrato"},
	{"nl", "oorspronkelijk bericht|origineel bericht|oorspronkelijke bericht|originele bericht|oorspronkelijke afspraak",
	 "doorgestuurd bericht|begin doorgestuurd bericht|doorgezonden bericht|begin doorgezonden bericht|doorgestuurde bericht|"
	 "forwarded bericht"},
	{"sv", "ursprungligt meddelande|originalmeddelande|ursprungliga meddelandet|originalmeddelandet",
	 "vidarebefordrat meddelande|vidarebefordrat brev|vidarebefordrat mejl|börja vidarebefordrat meddelande|"
	 "start på vidarebefordrat meddelande|vidarebefordrat mail|början på vidarebefordrat meddelande"},
	{"da", "oprindelig meddelelse|original meddelelse|original besked|oprindelig besked|oprindelig mail",
	 "begin af videresendt meddelelse|videresendt meddelelse|videresendt besked|start på videresendt besked|start på videresendt meddelelse|videresendt mail|"
	 "begynd videresendt besked"},
	{"no", "opprinnelig melding|original melding|opprinnelig e-post|opprinnelig avtale",
	 "videresendt melding|videresendt e-post|start på videresendt melding|begynnelse på videresendt melding"},
	{"fi", "alkuperäinen viesti|alkuperainen viesti|alkuperäinen sähköposti|alkuperäinen tapaaminen",
	 "välitetty viesti / fwd.msg|edelleenlähetetty sähköposti|välitetty viesti|edelleenlähetetty viesti|välitetty viesti alkaa|lähetetty edelleen|edelleen välitetty viesti|edelleen lähetetty viesti"},
	{"et", "algne kiri|algkiri|algsõnum|esialgne kiri", "edastatud kiri|edastatud sõnum|edastatud kirja algus"},
	{"lv", "sākotnējais ziņojums|oriģinālais ziņojums|sākotnējā vēstule", "pārsūtīta ziņa|pārsūtīta vēstule|pārsūtītās ziņas sākums|pārsūtītā vēstule|pārsūtīts ziņojums"},
	{"lt", "originalus laiškas|pradinis pranešimas|originalus pranešimas|pirminis laiškas", "persiųstas laiškas|persiųsto laiško pradžia|persiųstas pranešimas"},
	{"pl", "wiadomość oryginalna|oryginalna wiadomość|wiadomosc oryginalna|oryginalny list|oryginalne spotkanie",
	 "przekazana wiadomość|wiadomość przekazana|początek przekazywanej wiadomości|przekazywana wiadomość|początek przekazanej wiadomości|treść przekazanej wiadomości|"
	 "wiadomość przekazana dalej|początek wiadomości przekazanej dalej|przekazana wiadomosc"},
	{"cs", "původní e-mail|původní zpráva|puvodni zprava|původní e-mail|původní email",
	 "přeposlaná zpráva|předaná zpráva|začátek přeposílané zprávy|přeposílaná zpráva|začátek přeposlané zprávy|zacatek preposlane zpravy|přeposlaný e-mail|přeposlaný mail"},
	{"sk", "pôvodná správa|povodna sprava|pôvodný e-mail|pôvodný email",
	 "preposlaná správa --- forwarded message|preposlaná správa|začiatok preposlanej správy|poslaná ďalej|forwardovaná správa|preposlaný e-mail"},
	{"hu", "eredeti üzenet|eredeti uzenet|eredeti levél|eredeti e-mail",
	 "továbbított üzenet|továbbított üzenet kezdete|továbbított levél|továbbított levél kezdete|tovabbitott uzenet"},
	{"ro", "mesaj original|mesajul original|mesaj initial|mesaj inițial",
	 "mesaj retransmis|mesaj redirecționat|mesaj redirectionat|mesaj transmis|mesaj redirijat|începutul mesajului redirecționat|"
	 "începe mesajul redirecționat|mesaj înaintat"},
	{"ru", "исходное сообщение|оригинальное сообщение|исходное письмо|первоначальное сообщение|исходная встреча",
	 "пересылаемое сообщение|переадресованное сообщение|пересланное сообщение|перенаправленное сообщение|"
	 "начало переадресованного сообщения|начало пересылаемого сообщения|пересылаемое письмо|завершение пересылаемого сообщения"},
	{"uk", "оригінальне повідомлення|вихідне повідомлення|початкове повідомлення|первинне повідомлення",
	 "переслане повідомлення|переадресоване повідомлення|перенаправлене повідомлення|початок листа, що пересилається|"
	 "початок пересланого повідомлення|переслане сповіщення"},
	{"bg", "оригинално съобщение|първоначално съобщение|оригинално писмо", "препратено съобщение|начало на препратено съобщение"},
	{"sr", "originalna poruka|оригинална порука|izvorna poruka|изворна порука",
	 "prosleđena poruka|прослеђена порука|prosledjena poruka|početak prosleđene poruke"},
	{"hr", "izvorna poruka|originalna poruka|izvorna poruka", "proslijeđena poruka|proslijedjena poruka|početak proslijeđene poruke|započni proslijeđenu poruku|proslijeđena poruka|početak proslijeđene poruke"},
	{"sl", "izvorno sporočilo|originalno sporočilo", "posredovano sporočilo|začetek posredovanega sporočila|posredovano pismo"},
	{"mk", "оригинална порака|изворна порака", "препратена порака|проследена порака"},
	{"el", "αρχικό μήνυμα|πρωτότυπο μήνυμα|αρχικο μηνυμα", "προωθημένο μήνυμα|προωθούμενο μήνυμα|έναρξη προωθημένου μηνύματος|αρχή προωθημένου μηνύματος|προωθημένο μήνυμα|έναρξη προωθημένου μηνύματος"},
	{"tr", "özgün ileti|orijinal mesaj|orijinal ileti|asıl mesaj|özgün mesaj",
	 "iletilen ileti başlangıcı|iletilmiş mesaj|yönlendirilen ileti|iletilen ileti|yönlendirilmiş ileti|iletilen mesaj|iletilmiş ileti|"
	 "yönlendirilen mesaj|iletilen mesajın başlangıcı|ileti başlangıcı|iletilmiş mesaj|başlangıç iletilen ileti|iletilen ileti başlangıcı"},
	{"he", "הודעה מקורית|הודעת המקור", "הודעה שהועברה|הודעה מועברת|תחילת ההודעה שהועברה"},
	{"ar", "الرسالة الأصلية|رسالة أصلية|الرسالة الاصلية|رسالة الأصلية", "رسالة معاد توجيهها|رسالة محولة|الرسالة المعاد توجيهها|بدء الرسالة المعاد توجيهها|بداية الرسالة المعاد توجيهها|رسالة معاد توجيهها|الرسالة المعاد توجيهها"},
	{"fa", "پیام اصلی|پیغام اصلی", "پیام فوروارد شده|پیام هدایت شده|پیام ارسال شده"},
	{"hi", "मूल संदेश", "अग्रेषित संदेश|अग्रेषित किया गया संदेश"},
	{"th", "ข้อความต้นฉบับ|ข้อความเดิม|ข้อความดั้งเดิม", "ข้อความที่ส่งต่อ|ข้อความที่ถูกส่งต่อ|เริ่มข้อความที่ส่งต่อ"},
	{"vi", "tin nhắn gốc|thư gốc|thông điệp gốc|thư ban đầu", "thư đã chuyển tiếp|tin nhắn chuyển tiếp|tin nhắn đã chuyển tiếp|thư chuyển tiếp|bắt đầu thư được chuyển tiếp"},
	{"id", "pesan asli|surat asli|pesan awal", "pesan terusan|pesan yang diteruskan|pesan diteruskan|awal pesan yang diteruskan|surat terusan|mulai meneruskan pesan|pesan terusan|awal pesan yang diteruskan|pesan yang diteruskan"},
	{"ms", "mesej asal", "mesej dipanjangkan|mesej yang dimajukan"},
	{"zh-cn", "原始邮件|原邮件|原始信件|原始消息|回复的邮件|回复的原邮件|回复邮件|原始约会|初始邮件",
	 "转发的邮件|转发邮件|转发的邮件信息|以下是转发的邮件|开始转发的邮件|转发邮件信息|被转发邮件信息|下面是被转发的邮件|被转发邮件|已转发邮件|转发的消息|已转发的邮件"},
	{"zh-tw", "原始郵件|原始信件|原始訊息|原郵件|原始約會", "轉寄郵件|轉寄的訊息|轉寄的郵件|轉寄信件|開始轉寄郵件|以下是轉寄的郵件|已轉寄的郵件|開始轉寄訊息|轉寄訊息|轉發的郵件"},
	{"ja", "返信元のメール|元のメッセージ|オリジナルメッセージ|元のメール|オリジナルのメッセージ|original message|元の予定",
	 "転送されたメッセージ|転送メッセージ|転送されたメール|以下、転送されたメッセージ|ここから転送されたメッセージです|以下,転送されたメッセージ|転送されたメッセージを開始|転送メール"},
	{"ko", "원본 이메일|원본 전자 메일|원본메일|회신한 메시지|원본 메시지|원본 메일|원본메시지|원본 메세지|원본 약속|원래 메시지", "전달된 메시지|전달된 메일|전달된 메세지|전달한 메시지|전달된 이메일|전달된 메시지 시작"},
	{"ca", "missatge original", "missatge reenviat|inici del missatge reenviat|missatge renviat|inicia el missatge reenviat|inici del missatge reenviat|missatge reenviat"},
	{"gl", "mensaxe orixinal", "mensaxe reenviada|inicio da mensaxe reenviada"},
	{"eu", "jatorrizko mezua", "birbidalitako mezua"},
	{"is", "upprunaleg skilaboð|upphafleg skilaboð", "áframsend skilaboð|framsend skilaboð"},
	{"sq", "mesazhi origjinal", "mesazh i përcjellë"},
	{0},
};

const char pd_quoting_words[] =
	"quoting|zitat von|zitiere|citando a|citando|citation de|citát|cytowanie|quote from|citat från|citat fra|"
	"lainaus|цитирование|цитата|citat|idézet|alıntı|引用|quote by|citato da|cita de|selon|missatge de|missatge del dia|"
	"mensaxe de|wiadomość napisana przez|zitat|citerar|citerer|citace|citovanie|cituje";

const char pd_card_words[] =
	"manager|director|head of|ceo|cto|cfo|coo|president|engineer|consultant|sales|marketing|support|assistant|administrator|officer|analyst|"
	"developer|founder|owner|partner|professor|dr|phd|department|dept|purchasing|accounting|ltd|limited|inc|llc|plc|corp|gmbh|ag|kg|ug|e.v|"
	"s.a|sa|sarl|sas|s.l|s.r.l|srl|spa|s.p.a|b.v|bv|nv|n.v|ab|as|a/s|aps|oy|oyj|oü|sia|uab|sp. z o.o|s.r.o|a.s|kft|zrt|d.o.o|ооо|зао|"
	"street|st|road|rd|avenue|ave|suite|floor|p.o. box|straße|strasse|str|platz|weg|allee|postfach|rue|boulevard|place|bp|calle|avenida|plaza|"
	"rua|via|viale|piazza|straat|laan|gatan|vägen|gata|vej|gade|veien|katu|tie|ul|ulica|utca|ulice|улица|ул|"
	"geschäftsführer|geschäftsführerin|leiter|leiterin|vertrieb|einkauf|buchhaltung|abteilung|directeur|directrice|responsable|gérant|service|"
	"gerente|directora|jefe|ventas|compras|diretor|diretora|direttore|responsabile|ufficio|bedrijfsleider|afdeling|verkoop|inkoop|"
	"chef|ekonomi|försäljning|avdelning|direktør|leder|afdeling|toimitusjohtaja|johtaja|päällikkö|myynti|osto|kierownik|dyrektor|dział|"
	"ředitel|vedoucí|riaditeľ|igazgató|vezető|директор|менеджер|отдел|müdür|satış";

const char pd_data_words[] =
	"address|addresses|number|numbers|contact details|contact data|details|data|below|following|deliver|delivery|ship|shipping|send it to|call me at|reach me|"
	"adresse|anschrift|nummer|kontaktdaten|daten|unten|folgende|liefern|lieferung|erreichen|coordonnées|numéro|ci-dessous|livrer|"
	"livraison|dirección|número|datos|siguiente|entrega|endereço|dados|seguinte|indirizzo|numero|dati|seguente|consegna|"
	"adres|gegevens|onderstaande|levering|bezorgen|adress|uppgifter|nedan|leverans|adressen|oplysninger|nedenfor|levering|osoite|osoitteeseen|"
	"yhteystiedot|tiedot|alla|toimitus|adres|dane|poniżej|dostawa|adresa|údaje|níže|doručit|cím|adatok|alábbi|адрес|данные|ниже|доставка|"
	"adres|bilgiler|aşağıdaki";

const char pd_above_words[] =
	"reply above this line|please reply above this line|please type your reply above this line|type your reply above this line|"
	"write above this line to reply|write above this line|write your reply above this line|respond above this line|"
	"please type your response above this line|to reply, type above this line|add your reply above this line|"
	"enter your reply above this line|reply above this text|reply above|replies above this line|"
	"bitte antworten sie oberhalb dieser zeile|bitte oberhalb dieser zeile antworten|antworten sie oberhalb dieser zeile|"
	"antwort oberhalb dieser linie|bitte geben sie ihre antwort oberhalb dieser zeile ein|antwort bitte oberhalb dieser zeile|"
	"merci de répondre au-dessus de cette ligne|répondre au-dessus de cette ligne|répondez au-dessus de cette ligne|"
	"veuillez répondre au-dessus de cette ligne|écrivez votre réponse au-dessus de cette ligne|"
	"responda por encima de esta línea|responder por encima de esta línea|escriba su respuesta por encima de esta línea|"
	"escribe tu respuesta por encima de esta línea|por favor, escriba su respuesta encima de esta línea|"
	"responda acima desta linha|por favor, responda acima desta linha|digite sua resposta acima desta linha|"
	"rispondi sopra questa riga|rispondere sopra questa riga|si prega di rispondere sopra questa riga|scrivi la tua risposta sopra questa riga|"
	"gelieve boven deze lijn te antwoorden|antwoord boven deze lijn|typ uw antwoord boven deze regel|reageer boven deze regel|"
	"kirjoita vastauksesi tämän rivin yläpuolelle|vastaa tämän rivin yläpuolelle|vastaa tämän viivan yläpuolelle|"
	"odpowiedz powyżej tej linii|proszę odpowiadać powyżej tej linii|wpisz odpowiedź powyżej tej linii|"
	"svara ovanför denna rad|skriv ditt svar ovanför denna rad|svar over denne linje|skriv dit svar over denne linje|"
	"svar over denne linjen|skriv svaret ditt over denne linjen|odpovězte nad tímto řádkem|prosím odpovězte nad touto čárou|"
	"odpovedzte nad týmto riadkom|kérjük, e sor fölé írja válaszát|răspundeți deasupra acestei linii|"
	"пожалуйста, введите ответ выше этой строки|ответьте выше этой строки|ответ пишите выше этой строки|"
	"відповідайте вище цього рядка|απαντήστε πάνω από αυτή τη γραμμή|lütfen yanıtınızı bu satırın üzerine yazın|"
	"请在此行上方回复|请在此线上方回复|請在此行上方回覆|この行より上に返信してください|この行の上に返信してください|이 줄 위에 회신하십시오|trả lời phía trên dòng này";

const char pd_see_below_words[] =
	"fyi|for your information|for information|see below|below|beneath|underneath|following|see this|see the|please see|look at|have a look|"
	"here is|here's|here are|this is what|this is the|what i got|i got this|got this|received this|i received|they wrote|he wrote|she wrote|wrote me|"
	"zur info|zur information|z.k.|z.k|siehe|unten|nachfolgend|folgende|folgendes|folgenden|anbei|hier ist|hier die|hier der|erhalten|bekommen|"
	"pour info|pour information|voir|ci-dessous|ci-après|suivant|suivante|voici|j'ai reçu|para su información|abajo|a continuación|siguiente|"
	"adjunto|reenvío|he recibido|recibí|aquí|para conhecimento|abaixo|seguinte|segue|encaminho|recebi|aqui|per conoscenza|di seguito|sotto|"
	"seguente|inoltro|ho ricevuto|ecco|ter info|ter informatie|hieronder|onderstaand|onderstaande|volgende|zie|ontvangen|nedan|nedanstående|följande|"
	"här är|fick|nedenfor|nedenstående|følgende|her er|modtog|mottok|tiedoksi|alla|alla oleva|ohessa|seuraava|tässä|sain|allpool|järgmine|zemāk|žemiau|"
	"do wiadomości|poniżej|poniższa|następująca|oto|otrzymał|dostałem|dostałam|na vědomí|níže|následující|zde|obdržel|nižšie|nasledujúci|tu je|"
	"spodaj|naslednje|ispod|sljedeće|sledeće|u nastavku|alább|alábbi|következő|itt|mai jos|următor|iată|am primit|ниже|следующее|вот|"
	"получил|получила|пересылаю|к сведению|нижче|наступне|ось|отримав|отримала|по-долу|следното|ето|παρακάτω|ακόλουθο|ορίστε|bilginize|"
	"aşağıda|aşağıdaki|işte|להלן|הנה|قبلتي|أدناه|التالي|إليك|در زیر|در ادامه|नीचे|ด้านล่าง|ต่อไปนี้|bên dưới|dưới đây|sau đây|di bawah|berikut|"
	"以下|如下|下面|下方|下記|以下の|转发|轉寄|転送|아래|다음|전달";

const char pd_inline_words[] =
	"see my answers below|my answers below|my answers are below|see my comments below|my comments below|my replies below|my responses below|see my replies below|"
	"meine antworten unten|meine antworten stehen unten|meine antworten finden sie unten|mes réponses ci-dessous|mis respuestas abajo|"
	"mis respuestas más abajo|minhas respostas abaixo|mie risposte sotto|mie risposte qui sotto|mijn antwoorden hieronder|vastaukseni alla|vastaukset alla|"
	"mina svar nedan|mine svar nedenfor|moje odpowiedzi poniżej|moje odpovědi níže|мои ответы ниже|мої відповіді нижче|"
	"comments inline|comment inline|answers inline|answer inline|replies inline|reply inline|responses inline|response inline|"
	"see inline|inline below|inline comments|inline answers|inline replies|replied inline|answered inline|my answers below in|"
	"answers in red|comments in red|answers in blue|comments in blue|answers in green|in red below|in blue below|"
	"answers below in red|answers below in blue|see below in red|see below in blue|see red text|in red text|comments in green|"
	"in line below|comments in line|answers in line|answers are below your|answers below your|answers between the lines|"
	"antworten inline|antwort inline|inline beantwortet|antworten im text|antworten in rot|antworten in blau|antworten stehen unten im text|"
	"unten in rot|unten in blau|unten in grün|unten rot|unten im text|in rot unten|in blau unten|anmerkungen in rot|"
	"anmerkungen im text|kommentare in rot|kommentare in blau|in rot geschrieben|"
	"kommentare im text|kommentare inline|siehe inline|siehe meine antworten unten|antworten siehe unten im text|meine antworten in|"
	"réponses dans le texte|réponse dans le texte|réponses en rouge|réponses en bleu|réponses ci-dessous en|mes réponses dans le corps|"
	"réponses dans le corps|ci-dessous en rouge|ci-dessous en bleu|commentaires en rouge|commentaires dans le texte|"
	"abajo en rojo|abajo en azul|abaixo em vermelho|abaixo em azul|qui sotto in rosso|sotto in rosso|in rosso sotto|hieronder in rood|"
	"in rood hieronder|alla punaisella|punaisella alla|nedan i rött|i rött nedan|nedenfor med rødt|poniżej na czerwono|níže červeně|"
	"ниже красным|нижче червоним|"
	"respuestas en rojo|respuestas en azul|respuestas en el texto|respondo en el texto|contesto en rojo|"
	"respostas em vermelho|respostas em azul|respostas no texto|respondi no corpo|risposte in rosso|risposte in blu|risposte nel testo|"
	"antwoorden in rood|antwoorden in blauw|antwoorden in de tekst|vastaukset tekstissä|vastaukset punaisella|vastaukseni punaisella|"
	"vastaukset alla punaisella|vastaukset välissä|odpowiedzi w tekście|odpowiedzi na czerwono|odpowiedzi w treści|svar i texten|svar i rött|"
	"svar i teksten|svar med rødt|svar med rød|odpovědi v textu|odpovědi červeně|válaszaim pirossal|válaszok a szövegben|"
	"ответы в тексте|ответы красным|ответил в тексте|відповіді в тексті|відповіді червоним|cevaplarım kırmızı|aşağıda kırmızı";

const char pd_pronoun_words[] =
	"i|he|she|they|we|you say|ich|er|il|elle|él|ella|lui|lei|hij|zij|han|hon|hun|hän|ona|он|она|ich|wir|je|j'|nous|yo|nosotros|eu|nós|io|noi|ik|wij|we|jag|vi|jeg|minä|me|ja|my|já|mi|én|eu|я|ми|мы|аз|εγώ|ben|biz|hän";

const char pd_preposition_words[] =
	"in|to|that|about|into|an|auf|im|ins|dass|über|mir|uns|ihnen|sur|dans|à|au|aux|que|qu'|pour|en|dans|sobre|para|por|no|na|ao|nel|nella|"
	"sul|sulla|che|a|al|alla|per|op|dat|aan|naar|over|på|att|till|om|i|at|til|že|do|na|se|że|w|o|hogy|що|что|про|о|об|στο|στη|ότι";

const struct pd_mobile_words pd_mobile_table[] = {
	{"en", "sent from|sent via|sent with|sent using|sent by|sent on|sent through|from my|via mobile|via my|sent securely from|"
	       "sent wirelessly from|sent wirelessly via|typed on|written on my|composed on|get outlook for|get [outlook for|"
	       "download outlook for|get my|get bluemail for|get spark for|get yahoo mail|get canary|posted from|dictated on|emailed from|delivered by", ""},
	{"de", "von meinem|gesendet von|gesendet mit|gesendet über|gesendet aus|gesendet vom|diese nachricht wurde von meinem|"
	       "diese nachricht wurde mit|gesendet mit der|von unterwegs gesendet|von meiner|von yahoo mail|von gmx|von outlook|holen sie sich outlook|outlook für|"
	       "diese e-mail wurde von|mobil gesendet|geschrieben auf meinem|versendet mit|verschickt mit|über mobiltelefon", ""},
	{"fr", "envoyé de|envoyé depuis|envoyé à partir|envoyé d'|envoyé avec|envoyé par|envoyé via|envoyé du|de mon|depuis mon|"
	       "obtenir outlook pour|obtenez outlook pour|télécharger outlook pour|téléchargez outlook pour|provenance :|envoyée de|envoyée depuis|écrit depuis mon", ""},
	{"es", "enviado desde|enviado con|enviado de|enviado por|enviado mediante|enviado usando|desde mi|obtener outlook para|"
	       "obtenga outlook para|consigue outlook para|descargar outlook para|enviado a través", ""},
	{"pt", "enviado do|enviado de|enviado da|enviado a partir|enviado pelo|enviado via|enviado através|enviado com|do meu|enviada do|"
	       "obter o outlook para|obtenha o outlook para|baixe o outlook para|enviado por", ""},
	{"it", "inviato da|inviato dal|inviato con|inviato tramite|inviata da|dal mio|scarica outlook per|ottieni outlook per|"
	       "inviato dall'|spedito da|inviato mediante", ""},
	{"nl", "verzonden vanaf|verzonden met|verstuurd vanaf|verstuurd vanuit|verstuurd met|verzonden via|verzonden vanuit|vanaf mijn|"
	       "download outlook voor|outlook voor|outlook downloaden|verzonden door|verstuurd via|van mijn", ""},
	{"sv", "skickat från|skickat med|skickades från|skickat via|hämta outlook för|från min|skickad från", ""},
	{"da", "sendt fra|sendt med|sendt via|hent outlook til|fra min|få outlook til|afsendt fra", ""},
	{"no", "sendt fra|sendt med|sendt via|skaff deg outlook for|hent outlook for|få outlook for", ""},
	{"fi", "lähetetty|lähetetty puhelimesta|hanki outlook|hae outlook|hanki outlookin|lataa outlook", ""},
	{"et", "saadetud minu|saadetud|laadige alla outlook|hankige outlook", ""},
	{"lv", "nosūtīts no|sūtīts no|iegūstiet outlook", ""},
	{"lt", "išsiųsta iš|siųsta iš|gauti outlook", ""},
	{"pl", "wysłane z|wysłano z|wysłane przy|wysłane za|wysłane przez|pobierz program outlook|pobierz outlook|pobierz aplikację outlook|uzyskaj outlook|"
	       "wysłano za pomocą|wysłane od", ""},
	{"cs", "odesláno z|odesláno ze|posláno z|posláno ze|odesláno pomocí|získat outlook pro|získejte outlook|odesláno přes|stáhnout outlook", ""},
	{"sk", "odoslané z|odoslané zo|poslané z|poslané zo|odoslané pomocou|získajte outlook|získať outlook", ""},
	{"sl", "poslano z|poslano iz|poslano s|pridobite outlook", ""},
	{"hr", "poslano s|poslano sa|poslano iz|poslano putem|poslato sa|poslato iz|poslato s|preuzmite outlook|nabavite outlook|послато са|послато из", ""},
	{"hu", "elküldve|küldve az|küldve a|az iphone-omról|iphone-ról küldve|az outlook beszerzése|outlook letöltése|szerezze be", ""},
	{"ro", "trimis de pe|trimis din|trimis cu|trimis de la|trimis prin|obțineți outlook|descărcați outlook|trimis via", ""},
	{"ru", "отправлено с|отправлено из|отправлено от|отправлено через|отправлено при|отправлено почтой|послано с|посланно с|"
	       "отправлено мобильной|скачать outlook|получить outlook|с моего|с уважением, отправлено", ""},
	{"uk", "надіслано з|надіслано із|відправлено з|відправлено із|надіслано через|послано з|отримати outlook|завантажити outlook|з мого", ""},
	{"bg", "изпратено от|изпратено с|изпратено чрез|вземете outlook", ""},
	{"el", "στάλθηκε από|εστάλη από|απεστάλη από|λήψη του outlook|αποκτήστε το outlook|στάλθηκε με", ""},
	{"tr", "iphone'umdan|ipad'imden|android'den|outlook'u edinin|gönderen:|samsung mobile|yahoo mail'den|android için outlook|ios için outlook", ""},
	{"tr", "", "gönderildi|gönderilmiştir|edinin|indirin"},
	{"he", "נשלח מ|נשלח מה|נשלח באמצעות|קבל את outlook|להורדת outlook", ""},
	{"ar", "مُرسَل من|مرسلة من|أُرسلت من|أرسلت من|تم الإرسال من|مرسل من|أرسل من|الحصول على outlook|تم إرساله من|ارسلت من", ""},
	{"fa", "ارسال شده از|فرستاده شده از", ""},
	{"hi", "मेरे iphone से|मेरे|से भेजा", ""},
	{"th", "ส่งจาก|ส่งผ่าน|รับ outlook|ดาวน์โหลด outlook", ""},
	{"vi", "được gửi từ|đã gửi từ|gửi từ|tải outlook|lấy outlook", ""},
	{"id", "dikirim dari|terkirim dari|dikirim menggunakan|dapatkan outlook|unduh outlook|dihantar daripada|dikirim melalui", ""},
	{"zh-cn", "发自我的|从我的|发送自|来自我的|获取 outlook|获取适用于|发自|下载 outlook", ""},
	{"zh-tw", "從我的|寄件自|傳送自|寄自我的|取得 outlook|寄自|我的 iphone|下載 outlook|由我的|發自我的|取得適用於", ""},
	{"ja", "iphoneから送信|ipadから送信|私のiphone|android|outlook for|スマートフォンから送信|yahoo!メール|windows 10 版のメール|ios 版 outlook|iphone 版 outlook", "から送信|を入手|から送信されました|から送信しています|取得"},
	{"ja", "", "iphoneから送信|ipadから送信|から送信|版 outlook を入手する"},
	{"ko", "나의 iphone|나의 galaxy|galaxy에서|내 iphone|iphone에서|ipad에서|삼성|samsung|나의 삼성|내 |android용|ios용 outlook|outlook for", "보냄|보낸 메일입니다|전송|다운로드|가져오기|에서 보냄"},
	{"ca", "enviat des|enviat amb|enviat del", ""},
	{"eu", "nire iphone|nire ipad|nire android", ""},
	{0},
};

const char pd_device_words[] =
	"iphone|ipad|ipod|android|blackberry|phone|smartphone|mobile|cell|cellphone|samsung|galaxy|huawei|honor|xiaomi|redmi|mi|oneplus|"
	"nokia|lumia|sony|xperia|htc|lg|motorola|moto|pixel|nexus|zte|oppo|vivo|realme|asus|lenovo|alcatel|palm|treo|tablet|tablette|"
	"windows|mac|macbook|imac|outlook|mail|e-mail|email|gmail|yahoo|yahoo!|aol|zoho|proton|protonmail|thunderbird|spark|airmail|mailbox|"
	"sparrow|polymail|mailbird|postbox|newton|cloudmagic|bluemail|blue mail|typeapp|typemail|aqua mail|aquamail|k-9|k-9 mail|fairemail|"
	"acompli|nine|boxer|hub|touchmail|workspace|webmail|superhuman|front|edison|mailspring|em client|tutanota|tutamail|canary|"
	"mobiltelefon|handy|mobilgerät|mobilen|mobil|telefon|téléphone|portable|móvil|movil|celular|telemóvel|cellulare|telefono|teléfono|"
	"telefoon|mobiel|mobieltje|puhelimesta|puhelin|iphonesta|iphonesi|ipadista|androidista|samsungista|telefonu|telefónu|mobilu|"
	"telefonom|mobitela|смартфона|телефона|телефону|мобильного|мобільного|айфона|планшета|κινητό|smartphonu|komórki|telefonen|mobilen|"
	"mobiltelefonen|mobiltelefon|手机|手機|行動裝置|smart phone|watch|device|handheld|verizon|at&t|t-mobile|sprint|vodafone|orange|wireless|"
	"laptop|notebook|computer|desktop|pc|chromebook|surface|kindle|fire|bell|rogers|telus|optus|telstra|app|ti-85|mail.ru|yandex|яндекс|"
	"яндекс.почты|почты|почта|myphone|my mail|mymail|web.de|gmx|t-online|libero|virgilio|orange mail|laposte|sfr mail|free|wp|onet|interia|"
	"apple|ios|libre|surf|nexus 5|ipone|iphon|i-phone|pad|typeapp|mailo|infomaniak|hey|fastmail|posteo";

const char pd_excuse_words[] =
	"please|excuse|pardon|forgive|sorry|apolog|typo|brevity|brief|short|bitte|entschuldig|tippfehler|désolé|veuillez|excusez|"
	"disculp|perdón|scusa|sorry voor|autocorrect|spelling|errors|thumb";

const char pd_disclaimer_words[] =
	"confidentiality notice|confidentiality note|confidentiality:|confidentiality statement|confidential notice|disclaimer|legal disclaimer|"
	"email disclaimer|e-mail disclaimer|privileged and confidential|important notice:|legal notice|privacy notice|notice of confidentiality|"
	"this e-mail and any|this email and any|this message and any|this e-mail message|this electronic message|this message is intended|"
	"this e-mail is intended|this email is intended|this communication is|this message contains confidential|this email contains confidential|"
	"this e-mail contains confidential|the information contained in this|the information in this e-mail|the information in this email|"
	"the information transmitted|the contents of this|this email may contain|this e-mail may contain|this message may contain|"
	"this transmission|this mail is intended|if you are not the intended recipient|if you have received this|this email, including|this e-mail, including|"
	"this message, including|this email message|any views or opinions|please consider the environment|think before you print|"
	"before printing this|save paper|this email has been checked for viruses|this email has been scanned|virus-free|scanned by|"
	"diese e-mail enthält|diese e-mail ist vertraulich|diese nachricht ist vertraulich|diese e-mail und|diese nachricht und|der inhalt dieser e-mail|"
	"diese mail enthält|haftungsausschluss|vertraulichkeitshinweis|rechtlicher hinweis|der inhalt dieser nachricht|diese email enthält|"
	"die in dieser e-mail|bitte denken sie an die umwelt|ce message et|ce message est|ce courriel et|ce courriel est|ce courrier électronique|"
	"cet e-mail et|cet e-mail est|les informations contenues dans|avis de confidentialité|avertissement|ce mail et|"
	"pensez à l'environnement|este mensaje y|este mensaje va dirigido|este mensaje contiene|este correo electrónico y|este correo electrónico contiene|"
	"la información contenida en|aviso legal|aviso de confidencialidad|este correo y|este e-mail y|antes de imprimir|esta mensagem e|esta mensagem é|"
	"esta mensagem pode conter|este e-mail e|este email e|as informações contidas|aviso de confidencialidade|aviso legal|o conteúdo desta|"
	"questo messaggio e|questo messaggio è|questa e-mail|questa email|le informazioni contenute|il presente messaggio|ai sensi del|avviso di riservatezza|"
	"nota di riservatezza|dit bericht is|dit bericht en|deze e-mail en|deze e-mail is|de informatie in dit|de inhoud van dit|disclaimer:|"
	"deze email is|det här meddelandet|detta meddelande|detta e-postmeddelande|denne e-mail|denne meddelelse|denne e-posten|denne meldingen|"
	"tämä viesti|tämä sähköposti|tämä sähköpostiviesti|ta wiadomość|niniejsza wiadomość|treść tej wiadomości|informacje zawarte w|wiadomość ta|"
	"tato zpráva|tento e-mail|táto správa|ez az e-mail|ez az üzenet|jelen üzenet|acest mesaj|acest e-mail|настоящее сообщение|это сообщение|"
	"данное сообщение|это электронное|данное письмо|содержание данного|це повідомлення|цей лист|bu e-posta|bu mesaj|bu elektronik|"
	"το παρόν μήνυμα|αυτό το μήνυμα|本邮件|此邮件|本电子邮件|此電子郵件|本郵件|本信件|このメール|本メール|이 메일|본 메일|이 이메일";

const char pd_disclaimer_matter[] =
	"confidential|confidentiality|confidence|privileged|privilege|legally protected|proprietary|intended recipient|intended recipients|intended solely|"
	"intended only|only for the|solely for the|sole use|named recipient|addressee|addressed|unauthorized|unauthorised|disseminat|disclos|delete|destroy|in error|views|"
	"opinions|liability|liable|virus|viruses|malware|virus-free|scanned|environment|trees|think before you print|disclaimer|copyright|registered office|"
	"registered in|vertraulich|vertrauliche|vertraulichen|vertraulichkeit|geheim|geheimhaltung|rechtlich geschützt|rechtlich geschützte|bestimmungsgemäß|adressat|"
	"adressaten|empfänger|unbefugt|unbefugte|irrtümlich|löschen|vernichten|weitergabe|haftung|haftungsausschluss|viren|umwelt|confidentiel|confidentielle|"
	"confidentiels|confidentielles|confidentialité|destinataire|destinataires|destiné exclusivement|secret|erreur|détruire|supprimer|divulgation|environnement|responsabilité|"
	"confidencial|confidenciales|confidencialidad|destinatario|destinatarios|por error|eliminar|elimine|bórrelo|destruir|medio ambiente|divulgación|secreto|"
	"protección de datos|privilegiada|confidencialidade|confidenciais|destinatário|destinatários|sigilo|sigilosas|por engano|apague|apagar|meio ambiente|divulgação|riservato|riservata|"
	"riservate|riservati|confidenziale|confidenziali|riservatezza|destinatari|per errore|privacy|ambiente|divulgazione|cancellare|cancellarlo|distruggere|vertrouwelijk|vertrouwelijke|"
	"geadresseerde|bestemd voor|onbevoegden|abusievelijk|vernietigen|verwijderen|aansprakelijk|aansprakelijkheid|milieu|konfidentiell|konfidentiellt|konfidentiella|"
	"sekretess|mottagare|mottagaren|adressaten|av misstag|radera|miljön|fortrolig|fortrolige|fortroligt|konfidentielt|konfidensielt|konfidensiell|modtager|modtageren|mottaker|mottakeren|"
	"taushetsplikt|ved en fejl|ved en feil|slette|luottamuksellinen|luottamuksellista|luottamuksellisia|salassa|vastaanottaja|vastaanottajalle|vastaanottajan|vastaanottajaksi|"
	"erehdyksessä|vahingossa|tuhoa|poistakaa|poufna|poufne|poufny|poufnych|adresat|adresata|adresatem|adresatowi|odbiorcy|odbiorca|odbiorcą|przez pomyłkę|omyłkowo|usunąć|usunięcie|środowisko|"
	"środowisku|důvěrné|důvěrná|důvěrný|důvěrnou|adresáta|adresátem|adresátovi|omylem|smažte|smazat|dôverné|dôverná|dôverný|adresátovi|vymazať|vymažte|bizalmas|címzett|címzettnek|címzettje|"
	"tévedésből|törölje|confidențial|confidențiale|confidențială|confidentiale|confidentiala|destinatarului|destinatarul|din greșeală|din eroare|ștergeți|конфиденциальн|конфиденциальную|"
	"конфиденциальной|конфиденциальная|конфиденциально|конфиденциальным|адресат|адресату|адресата|адресатом|получатель|получателем|получателю|получателя|по ошибке|ошибочно|удалите|"
	"удалить|конфіденційн|конфіденційну|конфіденційна|конфіденційною|адресату|адресата|одержувач|одержувачем|помилково|видаліть|gizli|gizlidir|gizlilik|alıcı|alıcısı|alıcıya|yanlışlıkla|siliniz|silmeniz|"
	"εμπιστευτικ|εμπιστευτικό|εμπιστευτικές|εμπιστευτική|απόρρητ|απόρρητο|παραλήπτη|παραλήπτης|παραλήπτες|λάθος|διαγράψτε|保密|机密|機密|收件人|收件者|泄露|洩漏|误收|誤收|删除|刪除|病毒|環境|环境|"
	"秘密|受信者|宛先|誤って|誤送信|破棄|削除|기밀|비밀|수신인|수신자|삭제|잘못";

const char pd_mobile_own_words[] =
	"from my|via my|von meinem|von meiner|de mon|depuis mon|desde mi|do meu|dal mio|vanaf mijn|van mijn|från min|fra min|с моего|з мого";

const char pd_mobile_sent_words[] =
	"sent|gesendet|versendet|verschickt|geschickt|geschrieben|envoyé|envoyée|écrit|enviado|inviato|verzonden|verstuurd|gestuurd|skickat|skickades|sendt|"
	"отправлено|послано|надіслано|відправлено|aus|us|pro|max|plus|ultra|mini|air|lite|fold|flip|gerät|apparaat|toestel|appareil|dispositivo|"
	"aparelho|telcel|claro|movistar|vivo|tim";

const char pd_form_labels[] =
	"name|first name|last name|full name|e-mail|email|mail|e-mail address|email address|phone|phone number|telephone|mobile|company|address|order|order number|"
	"order no|invoice|customer|customer number|product|serial number|message|comment|comments|vorname|nachname|e-mail-adresse|telefon|telefonnummer|firma|adresse|anschrift|"
	"bestellung|bestellnummer|rechnung|rechnungsnummer|kunde|kundennummer|auftrag|auftragsnummer|produkt|seriennummer|geburtsdatum|nachricht|nom|prénom|téléphone|"
	"société|entreprise|commande|facture|client|numéro de client|produit|adresse e-mail|courriel|nombre|apellidos|teléfono|empresa|dirección|pedido|factura|cliente|"
	"correo electrónico|nome|cognome|telefono|azienda|indirizzo|ordine|fattura|telefone|encomenda|fatura|morada|endereço|naam|voornaam|achternaam|telefoon|bedrijf|"
	"adres|bestelling|factuur|klantnummer|bestelnummer|e-mailadres|nimi|puhelin|puhelinnumero|sähköposti|yritys|osoite|tilaus|tilausnumero|lasku|asiakas|"
	"asiakasnumero|namn|förnamn|efternamn|företag|beställning|kundnummer|e-post|navn|fornavn|efternavn|etternavn|firmanavn|ordre|ordrenummer|kundenummer|imię|nazwisko|"
	"imię i nazwisko|zamówienie|numer zamówienia|faktura|jméno|příjmení|objednávka|číslo objednávky|név|telefonszám|rendelés|имя|фамилия|телефон|заказ|номер заказа|"
	"ім'я|прізвище|замовлення|ad|soyad|sipariş|sipariş no|氏名|お名前|電話番号|注文番号|会社名|メールアドレス|姓名|电话|订单|订单号|이름|전화번호|주문번호";

const char pd_forward_prefixes[] =
	"fwd|fw|wg|weiterl|tr|rv|reenv|enc|i|inoltra|doorst|vs|vl|vb|videresendt|vidarebefordrat|edell|välitetty|pd|przek|pd.|fwd.|"
	"továbbítás|továbbított|tov|preposlané|přeposláno|před|redirecționat|перес|пересл|fwd:re|πρθ|προ|i̇lt|ilt|iletilen|yönlendirilen|"
	"הועבר|переслано|转发|轉寄|轉發|転送|전달|chuyển tiếp|terusan|تحويل|إعادة توجيه|ส่งต่อ|fs|ynt fwd|proslijeđeno|proslj|posredovano|"
	"redir.|redir|redirecționare|redirecționată|videresend|edastatud|ed|persiųsta|persiųstas|pers|pārsūtīts|pārsūtīta|pārs|prp|pros|prosl|"
	"birbid|birbidalia|přeposlané|předáno|yml|áframsent|i̇letildi|továbbítva|"
	"trs|transf|transféré|réexp|rif fwd|reenviar|reenvío|reencaminhar|encaminhada|fwrd|forwarded";
