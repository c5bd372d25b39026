// The page's own words, in the language of the person who is chosen.

const words = {
  en: {
    title: "People", hint: "Everyone here is imagined. Write to the bot as any of them.",
    add: "New person", start: "Start", write: "Message", menu: "Menu", attach: "Attach",
    send: "Send", asPhoto: "As photo", asFile: "As file", remove: "Remove",
    drop: "Drop photos here", bot: "bot", connecting: "connecting…",
    typing: "typing…", upload_photo: "sending a photo…", upload_document: "sending a file…",
    upload_video: "sending a video…", record_video: "recording a video…", busy: "working…",
    edited: "edited", photo: "Photo", today: "Today", yesterday: "Yesterday", forwarded: "Forwarded",
    close: "Close", cancel: "Cancel", ok: "OK", save: "Save", download: "Download",
    firstName: "First name", username: "Username (optional)", language: "Language",
    newPerson: "New person", createAndOpen: "Create", invited: "comes by an invite link",
    pay: "Pay", payTitle: "Pay this invoice?", paySoft: "Simulated: no real money moves.",
    paid: "Payment went through", notPaid: "Payment failed",
    receipt: "You paid {amount}", refunded: "{amount} came back to you", noAnswer: "The bot has not answered yet",
    block: "Block the bot", unblock: "Unblock the bot", blocked: "You have blocked this bot",
    copied: "Copied", photos: "{n} selected", people: "People", actions: "Actions",
    unchosen: "The page cannot open this button", down: "To the newest message", failed: "Not sent: {reason}",
  },
  ru: {
    title: "Люди", hint: "Все здесь вымышлены. Пишите боту от имени любого.",
    add: "Новый человек", start: "Начать", write: "Сообщение", menu: "Меню", attach: "Прикрепить",
    send: "Отправить", asPhoto: "Как фото", asFile: "Файлом", remove: "Убрать",
    drop: "Отпустите фотографии здесь", bot: "бот", connecting: "соединение…",
    typing: "печатает…", upload_photo: "отправляет фото…", upload_document: "отправляет файл…",
    upload_video: "отправляет видео…", record_video: "записывает видео…", busy: "работает…",
    edited: "изменено", photo: "Фото", today: "Сегодня", yesterday: "Вчера", forwarded: "Переслано",
    close: "Закрыть", cancel: "Отмена", ok: "Хорошо", save: "Сохранить", download: "Скачать",
    firstName: "Имя", username: "Имя пользователя (необязательно)", language: "Язык",
    newPerson: "Новый человек", createAndOpen: "Создать", invited: "приходит по приглашению",
    pay: "Оплатить", payTitle: "Оплатить счёт?", paySoft: "Понарошку: настоящие деньги не тратятся.",
    paid: "Оплата прошла", notPaid: "Оплата не прошла",
    receipt: "Вы заплатили {amount}", refunded: "Вам вернули {amount}", noAnswer: "Бот ещё не ответил",
    block: "Заблокировать бота", unblock: "Разблокировать бота", blocked: "Вы заблокировали этого бота",
    copied: "Скопировано", photos: "Выбрано: {n}", people: "Люди", actions: "Действия",
    unchosen: "Эту кнопку страница открыть не может", down: "К последнему сообщению", failed: "Не отправлено: {reason}",
  },
};

let language = navigator.language.startsWith("ru") ? "ru" : "en";

export function speak(code) {
  language = (code || language).startsWith("ru") ? "ru" : "en";
  document.documentElement.lang = language;
}

export function spoken() {
  return language;
}

export function say(key, values = {}) {
  const text = words[language][key] ?? key;
  return text.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
}

export function money({ currency, total_amount: amount }) {
  if (currency === "XTR") return `${amount} ⭐`;
  return new Intl.NumberFormat(language, { style: "currency", currency }).format(amount / 100);
}

export function clock(date) {
  return new Date(date * 1000).toLocaleTimeString(language, { hour: "2-digit", minute: "2-digit", hour12: false });
}

export function day(date) {
  const then = new Date(date * 1000);
  const midnight = new Date().setHours(0, 0, 0, 0);
  if (then >= midnight) return say("today");
  if (then >= midnight - 86400000) return say("yesterday");
  return then.toLocaleDateString(language, { day: "numeric", month: "long" });
}

export function bytes(size) {
  const units = language === "ru" ? ["Б", "КБ", "МБ"] : ["B", "KB", "MB"];
  let place = 0;
  while (size >= 1024 && place < 2) { size /= 1024; place += 1; }
  return `${size.toLocaleString(language, { maximumFractionDigits: place ? 1 : 0 })} ${units[place]}`;
}
