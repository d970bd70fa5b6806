/* Tables of languages: subjects of automatic answers, and what mailers write about mail that they cannot deliver. Data
 * only; see kinds.h for the form. */
#include "mime/kinds.h"

const char pd_auto_subject_words[] =
	/* en */
	"automatic reply|automated reply|auto reply|auto-reply|autoreply|auto response|auto-response|autoresponse|autoresponder|"
	"yahoo! auto response|yahoo auto response|auto responder|automatic response|automated response|out of office|out-of-office|out of the office|auto: out of office|i am currently out of office|i am currently out of the office|away from office|"
	"away from the office|vacation reply|vacation notice|vacation message|vacation autoreply|"
	"vacation response|out of office autoreply|"
	"out of office reply|out of office assistant|out of office auto-reply|out of office notification|out of office message|out of office response|"
	"i am currently out of the office|"
	"automatic out of office reply|absence notice|absence notification|away notice|away message|"
	"automatic message|automated message|do not reply - automatic reply|"
	"thank you for contacting us - automatic reply|automatic notification of absence|"
	/* de */
	"automatische antwort|automatische antwort auf|automatisches antwortschreiben|automatische rückantwort|automatische rückmeldung|automatische abwesenheitsnotiz|automatische abwesenheitsnachricht|"
	"abwesenheitsnotiz|abwesenheitsnachricht|abwesenheitsmeldung|abwesenheitsassistent|abwesenheitsinformation|abwesenheitsbenachrichtigung|"
	"urlaubsnotiz|urlaubsbenachrichtigung|urlaubsmeldung|"
	"urlaubsabwesenheit|ich bin zur zeit nicht im büro|"
	"ich bin zurzeit nicht im büro|automatische e-mail-antwort|automatisch generierte antwort|automatische eingangsbestätigung|"
	"autoantwort|auto-antwort|abwesenheits-notiz|"
	/* fr */
	"absence du bureau|réponse automatique|reponse automatique|réponse automatique d'absence|"
	"message d'absence|message automatique d'absence|notification d'absence|avis d'absence|"
	"répondeur automatique|"
	"réponse d'absence|message automatique|"
	/* nl */
	"automatisch antwoord|automatische antwoord|automatische reactie|automatisch bericht|afwezigheidsbericht|"
	"afwezigheidsmelding|afwezigheidsassistent|"
	"vakantiebericht|"
	/* it */
	"risposta automatica|messaggio automatico|fuori dall'ufficio|assenza dall'ufficio|"
	"risponditore automatico|risposta automatica di assenza|messaggio di assenza|"
	"avviso di assenza|notifica di assenza|fuori ufficio / out of office|"
	/* es */
	"respuesta automática|respuesta automatica|contestación automática|fuera de la oficina|fuera de oficina|"
	"mensaje automático|"
	"aviso de ausencia|notificación de ausencia|contestador automático|autorespuesta|"
	"auto respuesta|auto-respuesta|mensaje de ausencia|"
	/* pt */
	"resposta automática|resposta automatica|fora do escritório|fora do escritorio|ausência do escritório|"
	"mensagem automática|aviso de ausência|"
	"notificação de ausência|resposta automática de ausência|mensagem de ausência|auto-resposta|autoresposta|"
	/* sv */
	"autosvar|automatiskt svar|frånvaromeddelande|"
	"automatiskt meddelande|"
	/* da */
	"automatisk svar|automatisk svar på|autosvar|fraværsmeddelelse|fraværsbesked|automatisk besked|"
	/* no */
	"fraværsmelding|automatisk melding|"
	/* fi */
	"automaattinen vastaus|automaattinen vastausviesti|automaattivastaus|automaattinen poissaoloviesti|poissaoloilmoitus|poissaoloviesti|"
	"lomaviesti|autovastaus|automaattinen viesti|"
	"poissaolovastaus|"
	/* et lv lt */
	"automaatvastus|automaatne vastus|automātiska atbilde|automātiskā atbilde|"
	"automatinis atsakymas|"
	/* pl */
	"automatyczna odpowiedź|odpowiedź automatyczna|automatyczna odpowiedz|odpowiedz automatyczna|autoodpowiedź|"
	"powiadomienie o nieobecności|informacja o nieobecności|"
	"autoresponder|automatyczna wiadomość|"
	/* cs sk */
	"automatická odpověď|automaticka odpoved|"
	"automatické odpovědi|oznámení o nepřítomnosti|"
	"automatická odpoveď|"
	/* sl hr sr bs */
	"samodejni odgovor|avtomatski odgovor|automatski odgovor|"
	"аутоматски одговор|automatska poruka|automatski odgovor - odsutnost|"
	/* hu */
	"automatikus válasz|automatikus üzenet|"
	"irodán kívül vagyok|automatikus válaszüzenet|"
	/* ro */
	"răspuns automat|raspuns automat|absență din birou|"
	"mesaj automat|"
	/* ru uk be bg mk */
	"автоматический ответ|автоответ|автоответчик|"
	"уведомление об отсутствии|автоматическое сообщение|автоматична відповідь|автовідповідь|"
	"автовідповідач|аўтаматычны адказ|"
	"автоматичен отговор|автоматски одговор|"
	/* el */
	"αυτόματη απάντηση|αυτοματη απαντηση|"
	"αυτόματο μήνυμα|"
	/* tr az */
	"otomatik yanıt|otomatik cevap|otomatik mesaj|"
	"otomatik ileti|avtomatik cavab|ofisdə deyil|"
	/* he ar fa */
	"תשובה אוטומטית|מענה אוטומטי|הודעה אוטומטית|"
	"رد تلقائي|الرد التلقائي|رد آلي|إجابة تلقائية|جواب تلقائي|رسالة تلقائية|"
	"پاسخ خودکار|جواب خودکار|"
	/* hi bn th vi id ms tl */
	"स्वचालित उत्तर|स्वतः उत्तर|स्वचालित जवाब|স্বয়ংক্রিয় উত্তর|স্বয়ংক্রিয় জবাব|"
	"ตอบกลับอัตโนมัติ|การตอบกลับอัตโนมัติ|ตอบอัตโนมัติ|ข้อความตอบกลับอัตโนมัติ|"
	"trả lời tự động|thư trả lời tự động|tự động trả lời|"
	"phản hồi tự động|thông báo vắng mặt|"
	"balasan otomatis|jawaban otomatis|pesan otomatis|balasan automatik|jawapan automatik|respon automatik|respons otomatis|"
	"awtomatikong tugon|wala sa opisina|"
	/* zh ja ko */
	"自动回复|自动答复|自动应答|自动回信|外出自动回复|外出通知|"
	"自動回覆|自動回復|自動答覆|休假通知|自動回應|"
	"自動応答|自動返信|自動応答メッセージ|不在通知|不在のお知らせ|自動返信メール|自動応答:|不在連絡|休暇のお知らせ|不在応答|"
	"자동 회신|자동 응답|자동회신|자동응답|자동 답장|부재중 알림|부재중 자동 회신|부재중 자동 응답|자동 답변|"
	/* ca gl eu is af cy */
	"resposta automàtica|erantzun automatikoa|"
	"sjálfvirkt svar|outomatiese antwoord|ateb awtomatig|allan o'r swyddfa|"
	"përgjigje automatike|freagra uathoibríoch|tweġiba awtomatika|automatesch äntwert|"
	/* ka hy kk mn uz ur ta te ml ne km lo sw */
	"ავტომატური პასუხი|ավտոմատ պատասխան|автоматты жауап|автомат хариу|avtomatik javob|автоматик жавоб|خودکار جواب|"
	"தானியங்கு பதில்|స్వయంచాలక ప్రత్యుత్తరం|ഓട്ടോമാറ്റിക് മറുപടി|स्वचालित प्रत्युत्तर|स्वचालित जवाफ|ឆ្លើយតបស្វ័យប្រវត្តិ|ຕອບກັບອັດຕະໂນມັດ|"
	"jibu otomatiki|majibu ya kiotomatiki";

const char pd_auto_subject_endings[] =
	"out of office|out of the office|out of office autoreply|out of office reply|automatic reply|auto reply|auto-reply|autoreply|auto response|vacation reply|automated reply|"
	"automatische antwort|abwesenheitsnotiz|abwesenheit|réponse automatique|absence du bureau|automatisch antwoord|afwezig|"
	"risposta automatica|fuori sede|fuori ufficio|respuesta automática|fuera de la oficina|fuera de oficina|resposta automática|"
	"fora do escritório|autosvar|automatiskt svar|frånvarande|automatisk svar|fraværende|automaattinen vastaus|poissa|lomalla|"
	"automaattivastaus|poissaoloilmoitus|automatyczna odpowiedź|odpowiedź automatyczna|poza biurem|nieobecność|automatická odpověď|"
	"automatická odpoveď|nepřítomnost|automatikus válasz|házon kívül|răspuns automat|автоматический ответ|автоответ|вне офиса|"
	"автоматична відповідь|автоматичен отговор|αυτόματη απάντηση|otomatik yanıt|otomatik cevap|תשובה אוטומטית|רד אוטומטי|رد تلقائي|"
	"自动回复|自動回覆|自動返信|自動応答|자동 회신|자동 응답|부재중|trả lời tự động|balasan otomatis|ตอบกลับอัตโนมัติ|samodejni odgovor|"
	"automatski odgovor|automaatvastus|ooo";

const char pd_auto_subject_goes_on[] =
	"until|till|bis|jusqu'au|jusqu'à|tot|t/m|fino al|fino|hasta|até|till och med|t.o.m.|"
	"tom|asti|saakka|alkaen|až|hasta el|autoreply|auto-reply|reply|re|fw|aw|alert|notification|through|thru|through to|"
	"до";

const char pd_auto_subject_goes_on_with_date[] =
	"from|vom|ab|du|au|van|dal|desde|del|do dia|til|fra|från|do|od|with|с|по|від|з|to|on|am|le|el|il|dne|w dniach|den|"
	"от|u|na|the";

const char pd_note_help_words[] =
	"not working|does not work|doesn't work|doesn't seem to work|stopped working|is broken|does not answer|doesn't answer|is not sent|set up|setup|"
	"set my|configure|turn on|turn off|turn it on|turn it off|switch it on|switch it off|enable|disable|activate|deactivate|"
	"could you|can you please|can someone|can anybody|how do i|how can i|how to|please help|we need|i need help|i would like to|"
	"funktioniert nicht|geht nicht|einrichten|einzurichten|einstellen|einschalten|ausschalten|aktivieren|deaktivieren|könnten sie|könntet ihr|"
	"wie kann ich|wie stelle ich|bitte helfen|ich möchte|"
	"ne fonctionne pas|ne marche pas|configurer|paramétrer|activer|désactiver|pouvez-vous|pourriez-vous|comment faire|comment puis-je|je voudrais|"
	"no funciona|configurar|activar|desactivar|podría|podrían|pueden ayudar|cómo puedo|quisiera|"
	"não funciona|nao funciona|ativar|desativar|poderia|poderiam|como posso|gostaria|"
	"non funziona|impostare|attivare|disattivare|potete|potreste|come posso|vorrei|"
	"werkt niet|instellen|inschakelen|uitschakelen|kunt u|kunnen jullie|hoe kan ik|ik wil graag|"
	"fungerar inte|ställa in|slå på|stänga av|aktivera|kan ni|hur gör jag|virker ikke|fungerer ikke|slå til|slå fra|aktivere|kan i|kan dere|"
	"ei toimi|ottaa käyttöön|poistaa käytöstä|asettaa|voitteko|voisitteko|miten saan|ei tööta|seadistada|kas saaksite|"
	"nie działa|ustawić|włączyć|wyłączyć|czy możecie|czy mogą państwo|jak mogę|nefunguje|nastavit|zapnout|vypnout|můžete|mohli byste|"
	"nastaviť|zapnúť|vypnúť|môžete|nem működik|beállítani|bekapcsolni|kikapcsolni|tudnának|nu funcționează|nu functioneaza|setez|puteți|"
	"ne radi|ne deluje|postaviti|nastaviti|uključiti|isključiti|можете ли|не работает|настроить|включить|отключить|не могли бы|как мне|"
	"не працює|налаштувати|увімкнути|вимкнути|чи можете|не работи|настроя|включа|δεν λειτουργεί|ρυθμίσω|ενεργοποιήσω|μπορείτε|"
	"çalışmıyor|ayarlamak|nasıl|kapatmak|לא עובד|להגדיר|להפעיל|לבטל|לא תעמוד|لا يعمل|لا تعمل|ضبط|تفعيل|إيقاف|"
	"不工作|无法使用|设置|怎么|如何|设定|無法使用|設定|動作しません|設定方法|教えてください|できません|설정|작동하지|어떻게|"
	"không hoạt động|cài đặt|tidak berfungsi|mengatur|ใช้งานไม่ได้|ตั้งค่า";

const char pd_bounce_subject_words[] =
	"undeliverable|undelivered|undeliverable mail|non recapitabile|non-delivery|nondeliverable|nondelivery|returned mail|mail returned|returned to sender|"
	"delivery status notification|delivery failure|delivery failed|delivery report|delivery notification|delivery has failed|delivery problem|"
	"mail delivery failed|mail delivery failure|mail delivery error|mail delivery problem|mail delivery status|mail delivery system|"
	"mail failure|failure notice|failure notification|failed mail|failed delivery|failed to deliver|message undeliverable|undeliverable message|"
	"mail system error|mail error|message delivery failed|message delivery failure|message not delivered|could not be delivered|cannot be delivered|"
	"could not send message|couldn't be delivered|unable to deliver|not deliverable|not delivered|permanent delivery failure|"
	"user unknown|warning: could not send|warning - delayed mail|delayed mail|mail delayed|message delayed|delivery delayed|"
	"delivery status|delivery temporarily suspended|unzustellbar|nicht zustellbar|zustellung fehlgeschlagen|unzustellbarkeitsbericht|"
	"fehler bei der nachrichtenzustellung|nachricht unzustellbar|mail konnte nicht|rückläufer|zustellfehler|unzustellbare nachricht|"
	"échec de remise|échec de la remise|non remis|non distribuable|message non distribué|échec de livraison|non distribution|notification d'état de remise|"
	"échec de distribution|rejet de message|no se puede entregar|no se pudo entregar|no entregado|notificación de estado de entrega|error en la entrega|"
	"correo devuelto|mensaje no entregado|entrega fallida|não entregue|não pôde ser entregue|falha na entrega|mensagem não entregue|"
	"notificação de status de entrega|impossibile recapitare|mancato recapito|recapito non riuscito|messaggio non recapitato|mancata consegna|"
	"onbestelbaar|niet bezorgd|kan niet worden afgeleverd|bezorging mislukt|niet afgeleverd|går inte att leverera|kunde inte levereras|olevererbart|"
	"kan ikke leveres|ikke leveret|ikke levert|uleverbar|kunne ikke leveres|ei voida toimittaa|toimitus epäonnistui|toimittaminen epäonnistui|"
	"nie można dostarczyć|nie dostarczono|niedostarczon|niedostarczalna|zwrot poczty|nie dostarczona|wiadomość niedostarczona|nelze doručit|nedoručitelné|"
	"nedoručeno|nemožno doručiť|nem kézbesíthető|kézbesíthetetlen|sikertelen kézbesítés|nelivrat|nu poate fi livrat|"
	"недоставленное|не доставлено|не удается доставить|невозможно доставить|ошибка доставки|не может быть доставлено|недоставлен|недоставлено|"
	"не вдалося доставити|δεν παραδόθηκε|αδυναμία παράδοσης|teslim edilemedi|iletilemedi|teslim edilemiyor|לא ניתן למסירה|תעذר التسليم|تعذر تسليم|"
	"退信|无法送达|无法投递|系统退信|无法传递|未传递|投递失败|來自系統管理員|無法傳遞|無法傳送|退回|郵件無法|未能送达|"
	"メールエラー|エラー通知|エラーメール|送信エラー|配送エラー|发送失败|邮件退回|退回邮件|傳送失敗|寄送失敗|전송실패|배달 실패|메일 전송 실패|配信不能|配信できません|配信エラー|配信に失敗|送信できません|未配信|届きませんでした|반송|배달되지 않음|전달되지 않|배달할 수 없|전송 실패|không gửi được|không thể gửi|"
	"tidak terkirim|gagal terkirim|delivery notification: delivery has failed|non remise|nachricht nicht zugestellt|unable to send|"
	"automatically rejected mail|message rejected|mail could not be delivered|rejected mail|rejected:|[spam?]|problem delivering|"
	"não é possível entregar|não foi possível entregar|kan inte levereras|kan niet worden bezorgd|niet te bezorgen|toimittaminen ei onnistu|ei toimitettu|"
	"niedostarczalne|niedostarczony|neisporučivo|nije moguće isporučiti|nepavyko pristatyti|neizdevās piegādāt|no es pot lliurar|imposible entregar|"
	"배달되지 않음|배달할 수 없음|không gửi được|ไม่สามารถส่งได้|"
	"delivery has been refused|退信通知|devolución de mensaje|devolución de correo|devolucion de mensaje|mensaje devuelto|mensagem devolvida|"
	"e-mail devolvido|messaggio respinto|message retourné|courriel retourné|bericht teruggestuurd|zwrócona wiadomość|vrácená zpráva|"
	"возвращенное письмо|возвращённое письмо|письмо возвращено|письмо не доставлено|"
	"undelivery notification|error sending|invalid address|nondeliverable mail|mailbox unavailable|e-mail address incorrect|address error";

const char pd_bounce_body_words[] =
	"invalid final delivery|name is not recognized|not recognized|did not reach the following|requested action not taken|"
	"transcript of session follows|送信できませんでした|delivery failed|non delivre|not delivered|message not delivered|"
	"could not be delivered|couldn't be delivered|was not delivered|wasn't delivered|not be delivered|has not been delivered|unable to deliver|"
	"unable to be delivered|undeliverable|undelivered|delivery failed|delivery failure|delivery to the following|delivery status notification|"
	"failed to deliver|failed permanently|permanent error|permanent fatal errors|permanent failure|fatal errors|this is the qmail-send program|"
	"this is the mail system at host|this is the postfix program|i'm afraid i wasn't able to deliver|i wasn't able to deliver|"
	"did not reach the following recipient|could not deliver|couldn't deliver|cannot be delivered|can't be delivered|cannot deliver|not deliver|"
	"delivery attempts|delivery has been delayed|delivery is delayed|message was not sent|mail could not|returned mail|was returned|being returned|"
	"undeliverable to|no such user|user unknown|unknown user|mailbox unavailable|mailbox is full|mailbox full|over quota|quota exceeded|"
	"host unknown|unknown host|domain not found|address rejected|recipient rejected|recipient unknown|does not exist|no mailbox|invalid recipient|"
	"unknown recipient|rejected your message|message rejected|message was rejected|rejected by|was rejected|was refused|not accepted|rejected for|"
	"has been blocked|was blocked|delivery report|message delayed|still being retried|will be retried|will continue to try|not yet been delivered|"
	"warning message only|550 |554 |553 |552 |551 |5.1.1|5.0.0|5.7.1|5.2.2|nicht zugestellt|unzustellbar|nicht ausgeliefert|konnte nicht|"
	"n'a pas pu être|n'a pas été|non distribuable|no se pudo entregar|no ha podido ser entregado|não pôde ser entregue|non è stato possibile|"
	"niet worden afgeleverd|kunde inte levereras|kunne ikke leveres|nie można było dostarczyć|nie mogła zostać dostarczona|nie została dostarczona|nie istnieje|"
	"не может быть доставлено|не было доставлено|не удалось доставить|無法|退信|配信できません|宛先不明|did not reach|were not delivered|"
	"was undeliverable|couldn't reach|no longer valid|is no longer|not found|not listed|relay access denied|relaying denied|we do not relay|"
	"account has been disabled|account is disabled|has been disabled|deactivated|inactive user|failed for the following|errors occurred|"
	"impossibile recapitare|non può essere recapitato|non è stato recapitato|não foi possível entregar|não foi entregue|no se ha podido entregar|"
	"no s'ha pogut lliurar|niet worden bezorgd|niet bezorgd|inte levereras|ble ikke levert|kan ikke leveres|kunne ikke sendes|ei voitu toimittaa|"
	"ei voida toimittaa|ei toimitettu|ei õnnestunud|nie można dostarczyć|nie udało się dostarczyć|nepodařilo doručit|nelze doručit|nebyla doručena|"
	"nepodarilo doručiť|nemožno doručiť|nebola doručená|nem sikerült kézbesíteni|nem kézbesíthető|nu a putut fi livrat|nu poate fi livrat|"
	"nije moguće isporučiti|nije isporučena|ni bilo mogoče dostaviti|nepavyko pristatyti|neizdevās piegādāt|teslim edilemedi|iletilemedi|"
	"не удается доставить|не вдалося доставити|не може бути доставлено|не може да бъде доставено|не беше доставено|δεν ήταν δυνατή η παράδοση|"
	"δεν παραδόθηκε|לא ניתן למסור|לא נמסרה|تعذر تسليم|لم يتم تسليم|不能送达|无法送达|未能送达|未能将邮件|无法投递|无法传递|配信不能|届けることができません|"
	"배달할 수 없|배달되지 않|전송되지 못|전송할 수 없|không thể gửi|không gửi được|ไม่สามารถส่ง|tidak dapat dikirim|tidak terkirim|"
	"was not received by|not received|unable to reach|unknown address|bad address|bad destination|no account|exceeds the maximum|exceeds allowed|exceeds the allowed|"
	"no valid recipients|did not receive this message|no ha podido ser entregado|no pudo ser entregado|未能投递|未投递|投递失败|too large|exceeded";

const char pd_original_below_words[] =
	"--- below this line is a copy of the message|--- below this line is the original|------ this is a copy of the message|"
	"--- this is a copy of|this is a copy of the message, including all the headers|----- original message|--- original message|--original message--|"
	"----- unsent message follows|--- unsent message|----- unsent message|----- message header follows|----- header of original message|"
	"----- this message text|message header follows|message headers follow|the original message follows|original message follows|"
	"--- the header of the original message|the header of the original message is following|--- message header|-------- original message|"
	"--- returned message|----- returned|returned message follows|----- message header|your original message|header of the original message|"
	"received header|the following are the original message headers|original message headers:|original headers|the first |"
	"--- attachment: original|message contents follow|your message follows|copy of your message|a copy of the original message|a copy of your message|"
	"----- the body of|the message you sent|text of your message|copy of the original|message text follows|----- transcript of original|"
	"start of returned message|start of original message|begin of original|--- forwarded message|----- forwarded message|your message reads|"
	"the text you sent follows|excerpt of|returned text follows|original message text|-- original message";

const char pd_temporary_words[] =
	"will be retried|will continue to try|still being retried|still trying|continue to attempt|not yet been delivered|warning message only|"
	"you do not need to resend|do not need to resend|do not need to re-send|delivery is delayed|has been delayed|message is delayed|delayed mail|"
	"delivery attempts will continue|delivery will continue to be attempted|will keep trying|action: delayed|will try again|"
	"no action is required|message will be tried|only a temporary failure report|will be attempted again|keeps trying|"
	"wird weiter versucht|weitere zustellversuche|nouvelle tentative|se seguirá intentando|will retry";

const char pd_expired_words[] =
	"connection timed out|timed out|retry timeout exceeded|retry time not reached for any host after a long failure period|message expired|"
	"delivery time expired|envelope expired|time expired|delivery expired|expired|gave up after|could not be delivered for|"
	"unable to be delivered for|could not be reached for|maximum queue time|queue lifetime|failed to deliver for|not been delivered for|"
	"cannot send message for|could not send message for|did not accept our requests to connect";
