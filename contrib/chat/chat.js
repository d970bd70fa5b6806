/* The chat button: loads Converse.js from this server when it is pressed, and logs in as an anonymous visitor.
 *
 * The button's data attributes say where: data-desk, data-visitors (the anonymous host), data-websocket or data-bosh. By
 * keyboard: the button opens, Escape or the close button closes, and the focus goes where it belongs. Closing leaves the
 * chat, so that the transcript is mailed. */
"use strict";
(function () {
	const button = document.getElementById("chat-button");
	const panel = document.getElementById("chat-panel");
	const close = document.getElementById("chat-close");
	const status = document.getElementById("chat-status");
	const body = document.getElementById("chat-body");
	let api = null, isLoading = false;

	function option(name) {
		return new URLSearchParams(location.search).get(name) || button.dataset[name] || undefined;
	}

	function tell(words) {
		status.textContent = words;
	}

	function focusInput() {
		const input = body.querySelector("textarea");
		if (input) {
			input.setAttribute("aria-label", "Your message");
			input.focus();
			tell("");
		}
		return Boolean(input);
	}

	function awaitInput() {
		if (focusInput())
			return;
		const observer = new MutationObserver(function () {
			if (focusInput())
				observer.disconnect();
		});
		observer.observe(body, {childList: true, subtree: true});
	}

	function loadStyle(href) {
		return new Promise(function (resolve, reject) {
			const element = Object.assign(document.createElement("link"), {rel: "stylesheet", href});
			element.onload = resolve;
			element.onerror = reject;
			document.head.append(element);
		});
	}

	async function start() {
		isLoading = true;
		tell("Connecting…");
		await loadStyle("converse/converse.min.css");
		await import(new URL("converse/converse.min.js", location.href));
		body.append(document.createElement("converse-root"));
		window.converse.plugins.add("postdesk", {
			initialize() {
				api = this._converse.api;
				api.listen.on("connected", function () {
					api.chats.open(option("desk"), {}, true);
				});
				api.listen.on("disconnected", function () {
					if (!panel.hidden)
						tell("The connection is lost. Write a mail, or close the chat and open it again.");
				});
			},
		});
		await window.converse.initialize({
			allow_bookmarks: false,
			allow_message_corrections: false,
			allow_non_roster_messaging: true,
			assets_path: new URL("converse/", location.href).href,
			authentication: "anonymous",
			auto_join_private_chats: [option("desk")],
			auto_join_rooms: [],
			auto_login: true,
			blacklisted_plugins: ["converse-omemo", "converse-register"],
			bosh_service_url: option("bosh"),
			discover_connection_methods: false,
			i18n: document.documentElement.lang,
			jid: option("visitors"),
			loglevel: "error",
			play_sounds: false,
			show_desktop_notifications: false,
			show_send_button: true,
			singleton: true,
			view_mode: "embedded",
			visible_toolbar_buttons: {call: false, spoiler: false, emoji: false, toggle_occupants: false},
			websocket_url: option("websocket"),
			whitelisted_plugins: ["postdesk"],
		});
	}

	async function open() {
		panel.hidden = false;
		button.hidden = true;
		button.setAttribute("aria-expanded", "true");
		awaitInput();
		if (isLoading)
			return;
		try {
			await start();
		} catch (fault) {
			isLoading = false;
			console.error(fault);
			tell("The chat cannot be reached. Please write a mail.");
		}
	}

	/* The desk hears that the visitor is gone by the presence that logging out sends. */
	async function leave() {
		panel.hidden = true;
		button.hidden = false;
		button.setAttribute("aria-expanded", "false");
		button.focus();
		if (!api)
			return;
		const {Strophe, $msg} = window.converse.env;
		api.send($msg({to: option("desk"), type: "chat"}).c("gone", {xmlns: Strophe.NS.CHATSTATES}));
	}

	button.addEventListener("click", open);
	close.addEventListener("click", leave);
	panel.addEventListener("keydown", function (event) {
		if (event.key === "Escape")
			leave();
	});
})();
