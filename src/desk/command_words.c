/* The words of commands in other languages. The manuals write the English ones. Cannot fail. */
#include "desk/command_table.h"

#include <string.h>

#include "base/text.h"

#define LANGUAGES 4
static const char *const languages[LANGUAGES] = {"fr", "pl", "fi", "de"};

struct word {
	const char *english;
	const char *in[LANGUAGES]; /* NULL: as in English */
};

static const struct word words[] = {
	{"assign", {"attribuer", "przydziel", "osoita", "zuweisen"}},
	{"take", {"prendre", "biorę", "otan", "übernehmen"}},
	{"close", {"fermer", "zamknij", "sulje", "schließen"}},
	{"open", {"ouvrir", "otwórz", "avaa", "öffnen"}},
	{"wait", {"attendre", "czekaj", "odota", "warten"}},
	{"status", {"statut", NULL, "tila", NULL}},
	{"priority", {"priorité", "priorytet", "tärkeys", "priorität"}},
	{"category", {"catégorie", "kategoria", "luokka", "kategorie"}},
	{"add", {"ajouter", "dodaj", "lisää", "hinzufügen"}},
	{"remove", {"enlever", "odejmij", "vähennä", "entfernen"}},
	{"set", {"définir", "ustaw", "aseta", "setzen"}},
	{"to", {"à", "do", "vastaanottaja", "an"}},
	{"cc", {NULL, "dw", "kopio", "kopie"}},
	{"bcc", {"cci", "udw", "piilokopio", "blindkopie"}},
	{"from", {"de", "od", "lähettäjä", "von"}},
	{"subject", {"objet", "temat", "aihe", "betreff"}},
	{"snippet", {"extrait", "wstawka", "pätkä", "textbaustein"}},
	{"template", {"modèle", "szablon", "malli", "vorlage"}},
	{"article", {NULL, "artykuł", "artikkeli", "artikel"}},
	{"attach", {"joindre", "załącz", "liitetiedosto", "anhängen"}},
	{"video", {"vidéo", "wideo", NULL, NULL}},
	{"quote", {"devis", "oferta", "tarjous", "angebot"}},
	{"meeting", {"réunion", "spotkanie", "kokous", "besprechung"}},
	{"playbook", {"questionnaire", "kwestionariusz", "kysymykset", "fragebogen"}},
	{"draft", {"brouillon", "szkic", "luonnos", "entwurf"}},
	{"send", {"envoyer", "wyślij", "lähetä", "senden"}},
	{"note", {NULL, "notatka", "huomautus", "notiz"}},
	{"follow", {"suivre", "obserwuj", "seuraa", "folgen"}},
	{"unfollow", {"délaisser", "nieobserwuj", "äläseuraa", "entfolgen"}},
	{"contact", {NULL, "kontakt", "yhteyshenkilö", "kontakt"}},
	{"company", {"société", "firma", "yritys", "firma"}},
	{"link", {"lier", "powiąż", "liitä", "verknüpfen"}},
	{"unlink", {"délier", "odwiąż", "poistaliitos", "entknüpfen"}},
	{"merge", {"fusionner", "połącz", "yhdistä", "zusammenführen"}},
	{"split", {"séparer", "rozdziel", "erota", "abtrennen"}},
	{"move", {"déplacer", "przenieś", "siirrä", "verschieben"}},
	{"reply", {"répondre", "odpowiedz", "vastaa", "antworten"}},
	{"task", {"tâche", "zadanie", "tehtävä", "aufgabe"}},
	{"done", {"fait", "zrobione", "tehty", "erledigt"}},
	{"inbox", {"boîte", "skrzynka", "postilaatikko", "posteingang"}},
	{"bulk", {"groupe", "zbiorczo", "joukko", "sammel"}},
	{"delete", {"supprimer", "usuń", "poista", "löschen"}},
	{"restore", {"restaurer", "przywróć", "palauta", "wiederherstellen"}},
	{"undo", {"annuler", "cofnij", "kumoa", "rückgängig"}},
	{"new", {"nouveau", "nowe", "uusi", "neu"}},
	{"away", {"absent", "nieobecny", "poissa", "abwesend"}},
	{"available", {"disponible", "dostępny", "paikalla", "verfügbar"}},
	{"list", {"liste", "lista", "listaa", "liste"}},
	{"search", {"chercher", "szukaj", "etsi", "suchen"}},
	{"show", {"montrer", "pokaż", "näytä", "zeigen"}},
	{"history", {"historique", "historia", "historia", "verlauf"}},
	{"share", {"partager", "udostępnij", "jaa", "teilen"}},
	{"pin", {"épingler", "przypnij", "kiinnitä", "anheften"}},
	{"unpin", {"détacher", "odepnij", "irrota", "ablösen"}},
	{"log", {"consigner", "zapisz", "kirjaa", "protokoll"}},
	{"view", {"vue", "widok", "näkymä", "ansicht"}},
	{"unview", {"supprimer-vue", "usuń-widok", "poista-näkymä", "ansicht-löschen"}},
	{"files", {"fichiers", "pliki", "tiedostot", "dateien"}},
	{"snooze", {"reporter", "odłóż", "torkuta", "zurückstellen"}},
	{"remind", {"rappeler", "przypomnij", "muistuta", "erinnern"}},
	{"why", {"pourquoi", "dlaczego", "miksi", "warum"}},
	{"help", {"aide", "pomoc", "ohje", "hilfe"}},
	{"yes", {"oui", "tak", "kyllä", "ja"}},
};

static const struct word keywords[] = {
	{"me", {"moi", "mnie", "minä", "ich"}},
	{"cancel", {"annuler", "odwołaj", "peru", "absagen"}},
	{"move", {"déplacer", "przełóż", "siirrä", "verschieben"}},
	{"none", {"personne", "nikt", "kukaan", "niemand"}},
	{"team", {"équipe", "zespół", "tiimi", NULL}},
	{"due", {"échéance", "termin", "määräaika", "fällig"}},
	{"sort", {"tri", "sortuj", "järjestä", "sortiert"}},
	{"columns", {"colonnes", "kolumny", "sarakkeet", "spalten"}},
	{"conversation", {"conversation", "rozmowa", "keskustelu", "unterhaltung"}},
	{"for", {"pour", "dla", "yhteiseksi", "für"}},
	{"everyone", {"tous", "wszystkich", "kaikille", "alle"}},
	{"yes", {"oui", "tak", "kyllä", "ja"}},
	{"primary", {"principal", "główne", "ensisijainen", "führend"}},
	{"to", {"à", "do", "henkilölle", "an"}},
	{"this", {"celui-ci", "to", "tämä", "dieses"}},
};

const char *command_word_in(const char *word, const char *language)
{
	for (size_t i = 0; language != NULL && i < sizeof words / sizeof *words; i++)
		for (size_t n = 0; n < LANGUAGES && strcmp(words[i].english, word) == 0; n++)
			if (pd_starts_nocase(language, languages[n]) && words[i].in[n] != NULL)
				return words[i].in[n];
	return word;
}

bool command_is_keyword(struct pd_arena *arena, const char *text, const char *english)
{
	const char *folded = pd_fold(arena, text);
	if (strcmp(folded, english) == 0)
		return true;
	for (size_t i = 0; i < sizeof keywords / sizeof *keywords; i++)
		for (size_t n = 0; n < LANGUAGES && strcmp(keywords[i].english, english) == 0; n++)
			if (keywords[i].in[n] != NULL &&
			    strcmp(folded, pd_fold(arena, keywords[i].in[n])) == 0)
				return true;
	return false;
}
