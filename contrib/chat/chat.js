/* A chat button for any page. It opens a window where a visitor, logged in anonymously, talks with the desk; Converse.js does
 * the talking and is fetched, from the folder "converse" beside this file, only when the button is pressed for the first time.
 *
 * Keyboard: Enter or Space opens, Escape closes and goes back to the button. Screen readers are told new lines as they come. */
(function () {
	"use strict";
	const script = document.currentScript;
	const folder = new URL(".", script.src);
	const settings = script.dataset;
	const words = {
		en: { open: "Chat with us", title: "Chat", close: "Close the chat", wait: "Connecting …", lost: "The chat cannot be reached. Please write us a mail.", line: "Your message", you: "You" },
		fr: { open: "Discuter avec nous", title: "Discussion", close: "Fermer la discussion", wait: "Connexion …", lost: "La discussion est injoignable. Écrivez-nous un courriel.", line: "Votre message", you: "Vous" },
		pl: { open: "Porozmawiaj z nami", title: "Czat", close: "Zamknij czat", wait: "Łączenie …", lost: "Czat jest niedostępny. Prosimy napisać e-mail.", line: "Wiadomość", you: "Ty" },
		fi: { open: "Keskustele kanssamme", title: "Keskustelu", close: "Sulje keskustelu", wait: "Yhdistetään …", lost: "Keskusteluun ei saada yhteyttä. Lähetä meille sähköpostia.", line: "Viestisi", you: "Sinä" },
		de: { open: "Mit uns chatten", title: "Chat", close: "Chat schließen", wait: "Verbindung wird aufgebaut …", lost: "Der Chat ist nicht erreichbar. Bitte schreiben Sie uns eine E-Mail.", line: "Ihre Nachricht", you: "Sie" },
	};
	const language = (settings.language || document.documentElement.lang || "en").slice(0, 2).toLowerCase();
	const say = words[language] || words.en;
	let started = false;

	function make(tag, attributes, text) {
		const element = document.createElement(tag);
		for (const name in attributes)
			element.setAttribute(name, attributes[name]);
		if (text)
			element.textContent = text;
		return element;
	}

	const button = make("button", { id: "postdesk-chat-button", type: "button", "aria-expanded": "false", "aria-controls": "postdesk-chat" }, say.open);
	const box = make("section", { id: "postdesk-chat", role: "dialog", "aria-labelledby": "postdesk-chat-title", hidden: "" });
	const header = make("header", {});
	const close = make("button", { id: "postdesk-chat-close", type: "button", "aria-label": say.close }, "×");
	const status = make("p", { role: "status" });
	const inside = make("div", {});
	header.append(make("h2", { id: "postdesk-chat-title" }, say.title), close);
	box.append(header, status, inside);
	box.style.setProperty("--postdesk-you", JSON.stringify(say.you));
	document.body.append(button, box);

	function line() {
		return box.querySelector("textarea");
	}

	/* What Converse draws gets the names that a screen reader needs; it draws anew at any time. */
	function name() {
		const log = box.querySelector("converse-chat-content, .chat-content");
		const input = line();
		if (log && log.getAttribute("role") !== "log") {
			log.setAttribute("role", "log");
			log.setAttribute("aria-live", "polite");
			log.setAttribute("aria-label", say.title);
		}
		if (input && input.getAttribute("aria-label") !== say.line) {
			input.setAttribute("aria-label", say.line);
			status.textContent = "";
			if (box.contains(document.activeElement) || document.activeElement === document.body)
				input.focus();
		}
	}

	function load(tag, attributes) {
		return new Promise(function (done, failed) {
			const element = make(tag, attributes);
			element.onload = done;
			element.onerror = failed;
			document.head.append(element);
		});
	}

	function socket() {
		return settings.socket || location.origin.replace(/^http/, "ws") + "/xmpp-websocket";
	}

	async function start() {
		status.textContent = say.wait;
		inside.append(make("converse-root", {}));
		new MutationObserver(name).observe(inside, { childList: true, subtree: true });
		try {
			await load("link", { rel: "stylesheet", href: new URL("converse/converse.min.css", folder).href });
			await load("script", { type: "module", src: new URL("converse/converse.min.js", folder).href });
			window.converse.plugins.add("postdesk", {
				initialize() {
					const { api } = this._converse;
					/* A server without XEP-0191 has no list of blocked people, for which Converse would wait for ever. */
					api.listen.on("connected", async function () {
						await api.waitUntil("discoInitialized");
						if (!(await api.disco.supports("urn:xmpp:blocking", settings.domain)))
							api.trigger("blocklistInitialized", new Map());
					});
				},
			});
			await window.converse.initialize({
				whitelisted_plugins: ["postdesk"],
				assets_path: new URL("converse/", folder).href,
				authentication: "anonymous",
				auto_login: true,
				auto_reconnect: true,
				jid: settings.domain,
				websocket_url: socket(),
				discover_connection_methods: false,
				view_mode: "embedded",
				singleton: true,
				auto_join_private_chats: [settings.address],
				i18n: language,
				allow_logout: false,
				allow_contact_requests: false,
				allow_message_corrections: "last",
				allow_non_roster_messaging: true,
				clear_cache_on_logout: true,
				enable_smacks: false,
				persistent_store: "sessionStorage",
				play_sounds: false,
				render_media: false,
				show_desktop_notifications: false,
				omemo_default: false,
				trusted: "off",
				visible_toolbar_buttons: { call: false, emoji: false, spoiler: false, toggle_occupants: false },
			});
		} catch (error) {
			status.textContent = say.lost;
			started = false;
			throw error;
		}
	}

	function open() {
		box.hidden = false;
		button.hidden = true;
		button.setAttribute("aria-expanded", "true");
		close.focus();
		if (line())
			line().focus();
		if (!started) {
			started = true;
			start();
		}
	}

	function shut() {
		box.hidden = true;
		button.hidden = false;
		button.setAttribute("aria-expanded", "false");
		button.focus();
	}

	button.addEventListener("click", open);
	close.addEventListener("click", shut);
	box.addEventListener("keydown", function (event) {
		if (event.key === "Escape") {
			event.stopPropagation();
			shut();
		}
	}, true);
})();
