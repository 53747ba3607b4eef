"""Every sentence that the bot says, in English and Russian."""

from __future__ import annotations

from collections.abc import Mapping

LANGUAGES = {"en": "English", "ru": "Русский"}
COMMANDS = ("start", "help", "room", "leave", "status", "language")
PROBLEMS = ("blurred", "letters", "faint", "glare", "colours", "cut", "late")

EN: Mapping[str, str] = {
    "command_start": "Begin",
    "command_help": "What I can do",
    "command_room": "Come into a room: /room CODE",
    "command_leave": "Leave a room",
    "command_status": "What is on its way",
    "command_language": "Русский or English",
    "start": "Hello! Send me a photo of a board, and I send it back so that the writing can be read. "
    "Several at once are fine, too.\n\nSend it as a file for the best result: Telegram makes photos smaller.\n\n"
    "/help says more.",
    "help": "Send a photo of a board, or up to ten at once. Each comes back as a file, usually within a minute or two, "
    "with its text on a button. Please tell me there whether you could read it.\n\n"
    "As a file (paperclip → File) a photo keeps all its pixels and gets better; at most 20 MB, "
    "JPEG, PNG, WebP or HEIC.\n\n"
    "/room CODE – come into the room of your lecture and get what others share there\n"
    "/room – your rooms; mute them or not\n"
    "/leave – leave a room\n"
    "/status – what is on its way\n"
    "/language – Русский or English\n\n"
    "Only you get your results, unless you share them in a room.",
    "received": "Got it. I am making it readable…",
    "received_many": "Got them. I am making them readable…",
    "photos": "Photos: {count}.",
    "next": "Yours is next.",
    "before_one": "1 photo is before yours.",
    "before_many": "{count} photos are before yours.",
    "about_seconds": "About {count} s.",
    "about_minutes": "About {count} min.",
    "working": "Working on it…",
    "working_at": "Working on it: {percent} %.",
    "part_received": "received",
    "part_next": "next",
    "part_waiting": "waiting, {count} before it",
    "part_working": "being worked on",
    "part_working_at": "{percent} %",
    "part_done": "done ✓",
    "part_failed": "did not work",
    "part_cancelled": "cancelled",
    "done": "Done ✓",
    "failed": "This did not work.",
    "cancelled": "This was cancelled.",
    "photo": "Photo {number}: {what}",
    "shrunk_telegram": "Telegram has made this photo smaller. Send it as a file for a better result.",
    "shrunk_telegram_many": "Telegram has made these photos smaller. Send them as files for a better result.",
    "shrunk_other": "A messenger has made this photo smaller before. "
    "The original photo, as a file, gives a better result.",
    "too_large": "This file is over 20 MB, which is all that Telegram lets me fetch. Send a smaller one.",
    "not_fetched": "Telegram did not give me this file. Please send it again.",
    "too_many": "You have sent many photos within an hour. Please send this one again in {minutes} min.",
    "no_photo": "I read photos of boards only: send me a photo, or a picture as a file.",
    "text_message": "Send me a photo of a board. /help says what else I can do.",
    "unknown_command": "I do not know this command. /help says what I can do.",
    "ready": "Your board is ready…",
    "ready_shared": "Something new in {room}…",
    "not_ready": "About your photo…",
    "told_failed": "Your photo could not be made readable: {reason}",
    "told_gone": "This photo was deleted meanwhile.",
    "words_read": "Words that our reader made out: {before} → {after}.",
    "shared_by": "{nickname} · {room}",
    "question": "Could you read it?",
    "yes": "Yes",
    "partly": "Partly",
    "no": "No",
    "what_is_wrong": "Thank you! What is wrong with it?",
    "thanks": "Thank you!",
    "blurred": "still blurred",
    "letters": "wrong letters",
    "faint": "too faint",
    "glare": "glare",
    "colours": "wrong colours",
    "cut": "cut off or crooked",
    "late": "came too late",
    "text_button": "📝 Text",
    "no_text": "No writing was recognised.",
    "text_note": "Read by a machine: compare it with the picture.",
    "share_button": "Share in {room}",
    "shared": "Shared in {room}.",
    "retry_button": "Try again",
    "retried": "It goes on.",
    "expired": "This is not there any more.",
    "later": "Our server does not answer at the moment. Please try again in a minute.",
    "wrong": "Something went wrong on our side. Please send it again.",
    "room_usage": "You are in no room. Type /room and the code that your lecturer shows, such as: /room ABC234",
    "room_joined": "You are in “{room}” as {nickname}. You get what others share there. To share a result of yours, "
    "press the button under it.",
    "room_line": "{room} ({code}), you are {nickname}, {members} in it",
    "rooms": "Your rooms:",
    "room_unknown": "There is no room with this code.",
    "mute_button": "🔕 Mute {room}",
    "unmute_button": "🔔 Unmute {room}",
    "muted": "{room} is muted: nothing comes from there.",
    "unmuted": "You get again what is shared in {room}.",
    "leave_which": "Which one?",
    "left": "You have left {room}. What you shared stays there.",
    "leave_none": "You are in no room.",
    "status_none": "Nothing of yours is on its way.",
    "status_some": "On their way: {count}.",
    "language": "Which language?",
    "language_chosen": "I speak English now.",
    "guest_nickname": "Guest",
}

RU: Mapping[str, str] = {
    "command_start": "Начать",
    "command_help": "Что я умею",
    "command_room": "Войти в комнату: /room КОД",
    "command_leave": "Выйти из комнаты",
    "command_status": "Что сейчас в работе",
    "command_language": "Русский или English",
    "start": "Здравствуйте! Пришлите фото доски – я верну его так, чтобы написанное можно было прочитать. "
    "Можно несколько сразу.\n\nЛучше всего отправлять файлом: обычные фото Telegram уменьшает.\n\nПодробнее – /help.",
    "help": "Пришлите фото доски или до десяти фото сразу. Каждое вернётся файлом, обычно за минуту-две, "
    "а распознанный текст будет на кнопке. Отметьте там, пожалуйста, удалось ли прочитать.\n\n"
    "Файлом (скрепка → Файл) фото не теряет качества и получается лучше; до 20 МБ, JPEG, PNG, WebP или HEIC.\n\n"
    "/room КОД – войти в комнату лекции и получать то, чем там делятся\n"
    "/room – ваши комнаты; включить или выключить уведомления\n"
    "/leave – выйти из комнаты\n"
    "/status – что сейчас в работе\n"
    "/language – Русский или English\n\n"
    "Ваши результаты видите только вы, пока не поделитесь ими в комнате.",
    "received": "Фото получено. Делаю его читаемым…",
    "received_many": "Фото получены. Делаю их читаемыми…",
    "photos": "Фото: {count}.",
    "next": "Ваше следующее.",
    "before_one": "Перед вашим 1 фото.",
    "before_many": "Перед вашим {count} фото.",
    "about_seconds": "Примерно {count} с.",
    "about_minutes": "Примерно {count} мин.",
    "working": "В работе…",
    "working_at": "В работе: {percent} %.",
    "part_received": "получено",
    "part_next": "следующее",
    "part_waiting": "ждёт, перед ним {count}",
    "part_working": "в работе",
    "part_working_at": "{percent} %",
    "part_done": "готово ✓",
    "part_failed": "не получилось",
    "part_cancelled": "отменено",
    "done": "Готово ✓",
    "failed": "Не получилось.",
    "cancelled": "Отменено.",
    "photo": "Фото {number}: {what}",
    "shrunk_telegram": "Telegram уменьшил это фото. Отправьте его файлом – получится лучше.",
    "shrunk_telegram_many": "Telegram уменьшил эти фото. Отправьте их файлами – получится лучше.",
    "shrunk_other": "Это фото раньше уменьшил мессенджер. С исходным фото, отправленным файлом, получится лучше.",
    "too_large": "Файл больше 20 МБ, а больше Telegram мне не отдаёт. Пришлите, пожалуйста, файл поменьше.",
    "not_fetched": "Telegram не отдал мне этот файл. Пришлите его, пожалуйста, ещё раз.",
    "too_many": "За этот час вы прислали очень много фото. Пришлите это ещё раз через {minutes} мин.",
    "no_photo": "Я читаю только фото досок: пришлите фото или картинку файлом.",
    "text_message": "Пришлите фото доски. Что ещё я умею – /help.",
    "unknown_command": "Такой команды я не знаю. Что я умею – /help.",
    "ready": "Ваша доска готова…",
    "ready_shared": "Новое в комнате «{room}»…",
    "not_ready": "О вашем фото…",
    "told_failed": "Не удалось сделать ваше фото читаемым: {reason}",
    "told_gone": "Это фото тем временем удалили.",
    "words_read": "Слов, которые прочитала программа: {before} → {after}.",
    "shared_by": "{nickname} · {room}",
    "question": "Удалось прочитать?",
    "yes": "Да",
    "partly": "Частично",
    "no": "Нет",
    "what_is_wrong": "Спасибо! Что не так?",
    "thanks": "Спасибо!",
    "blurred": "всё ещё размыто",
    "letters": "не те буквы",
    "faint": "слишком бледно",
    "glare": "блики",
    "colours": "не те цвета",
    "cut": "обрезано или криво",
    "late": "пришло слишком поздно",
    "text_button": "📝 Текст",
    "no_text": "Надписей не распознано.",
    "text_note": "Прочитано программой: сверьте с картинкой.",
    "share_button": "Поделиться: {room}",
    "shared": "Теперь это видно в комнате «{room}».",
    "retry_button": "Попробовать ещё раз",
    "retried": "Пробую ещё раз.",
    "expired": "Этого уже нет.",
    "later": "Наш сервер сейчас не отвечает. Попробуйте через минуту.",
    "wrong": "На нашей стороне что-то пошло не так. Пришлите, пожалуйста, ещё раз.",
    "room_usage": "Вы не в комнате. Наберите /room и код, который показывает лектор, например: /room ABC234",
    "room_joined": "Вы в комнате «{room}» под именем {nickname}. Вам придёт то, чем там поделятся. Чтобы поделиться "
    "своим результатом, нажмите кнопку под ним.",
    "room_line": "{room} ({code}), вы – {nickname}, участников: {members}",
    "rooms": "Ваши комнаты:",
    "room_unknown": "Комнаты с таким кодом нет.",
    "mute_button": "🔕 Без уведомлений: {room}",
    "unmute_button": "🔔 Уведомлять: {room}",
    "muted": "Из комнаты «{room}» больше ничего не придёт.",
    "unmuted": "Вам снова придёт то, чем делятся в комнате «{room}».",
    "leave_which": "Из какой?",
    "left": "Вы вышли из комнаты «{room}». То, чем вы поделились, там осталось.",
    "leave_none": "Вы не в комнате.",
    "status_none": "Ничего вашего сейчас не в работе.",
    "status_some": "В работе: {count}.",
    "language": "На каком языке?",
    "language_chosen": "Теперь я говорю по-русски.",
    "guest_nickname": "Гость",
}

TEXTS = {"en": EN, "ru": RU}


def language_for(code: str) -> str:
    """Return the language for a code of Telegram's, such as ``ru``, ``en-GB``; English for those we do not speak."""
    language = code.replace("_", "-").partition("-")[0].lower()
    return language if language in TEXTS else "en"


def say(language: str, key: str, **values: object) -> str:
    """Return a sentence. What people wrote goes in as it is: messages are plain text, without markup."""
    return TEXTS[language][key].format(**values)
