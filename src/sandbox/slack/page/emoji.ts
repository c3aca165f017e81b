/** The emoji an ops bot and its people use, by Slack's names. What is not here is shown as its name. */
const TABLE = `+1 👍|thumbsup 👍|-1 👎|thumbsdown 👎|white_check_mark ✅|heavy_check_mark ✔️|ballot_box_with_check ☑️|eyes 👀|x ❌|heavy_multiplication_x ✖️|no_entry ⛔|no_entry_sign 🚫|
warning ⚠️|rotating_light 🚨|bell 🔔|no_bell 🔕|mute 🔇|fire 🔥|boom 💥|bug 🐛|zap ⚡|hourglass ⌛|hourglass_flowing_sand ⏳|stopwatch ⏱️|alarm_clock ⏰|clock3 🕒|
red_circle 🔴|large_red_circle 🔴|large_orange_circle 🟠|large_yellow_circle 🟡|large_green_circle 🟢|large_blue_circle 🔵|large_purple_circle 🟣|white_circle ⚪|black_circle ⚫|large_red_square 🟥|large_green_square 🟩|
red_square 🟥|green_square 🟩|small_red_triangle 🔺|small_red_triangle_down 🔻|small_blue_diamond 🔹|small_orange_diamond 🔸|
information_source ℹ️|question ❓|grey_question ❔|exclamation ❗|bangbang ‼️|bulb 💡|mag 🔍|mag_right 🔎|chart_with_upwards_trend 📈|chart_with_downwards_trend 📉|bar_chart 📊|
gear ⚙️|wrench 🔧|hammer 🔨|hammer_and_wrench 🛠️|toolbox 🧰|lock 🔒|unlock 🔓|key 🔑|shield 🛡️|link 🔗|paperclip 📎|pushpin 📌|memo 📝|pencil ✏️|pencil2 ✏️|clipboard 📋|book 📖|books 📚|scroll 📜|page_facing_up 📄|
file_folder 📁|open_file_folder 📂|package 📦|floppy_disk 💾|minidisc 💽|cd 💿|computer 💻|desktop_computer 🖥️|satellite 🛰️|satellite_antenna 📡|cloud ☁️|globe_with_meridians 🌐|electric_plug 🔌|battery 🔋|thermometer 🌡️|
rocket 🚀|construction 🚧|arrows_counterclockwise 🔄|arrows_clockwise 🔃|repeat 🔁|rewind ⏪|leftwards_arrow_with_hook ↩️|arrow_up ⬆️|arrow_down ⬇️|arrow_right ➡️|arrow_left ⬅️|arrow_forward ▶️|double_vertical_bar ⏸️|pause_button ⏸️|black_square_for_stop ⏹️|stop_button ⏹️|
tada 🎉|sparkles ✨|star ⭐|star2 🌟|medal 🏅|trophy 🏆|100 💯|ok ✅|ok_hand 👌|pray 🙏|raised_hands 🙌|clap 👏|muscle 💪|wave 👋|point_right 👉|point_left 👈|point_up ☝️|point_down 👇|raised_hand ✋|handshake 🤝|thinking_face 🤔|
smile 😄|slightly_smiling_face 🙂|grin 😁|joy 😂|sweat_smile 😅|neutral_face 😐|confused 😕|worried 😟|cry 😢|sob 😭|scream 😱|sleeping 😴|zzz 💤|robot_face 🤖|heart ❤️|green_heart 💚|broken_heart 💔|
moneybag 💰|money_with_wings 💸|dollar 💵|credit_card 💳|calendar 📅|date 📅|spiral_calendar_pad 🗓️|speech_balloon 💬|loudspeaker 📢|mega 📣|email 📧|inbox_tray 📥|outbox_tray 📤|telephone_receiver 📞|pager 📟|
recycle ♻️|wastebasket 🗑️|broom 🧹|soap 🧼|snowflake ❄️|droplet 💧|ocean 🌊|hospital 🏥|ambulance 🚑|adhesive_bandage 🩹|pill 💊|bust_in_silhouette 👤|busts_in_silhouette 👥|detective 🕵️|new 🆕|sos 🆘|top 🔝|infinity ♾️|white_small_square ▫️|black_small_square ▪️`;

const EMOJI: ReadonlyMap<string, string> = new Map(
  TABLE.split('|').map((entry) => {
    const [name = '', picture = ''] = entry.trim().split(' ');
    return [name, picture];
  }),
);
const TONES = ['🏻', '🏼', '🏽', '🏾', '🏿'];

/** The picture of `+1` or `+1::skin-tone-3`; null when it is not known. */
export function emojiOf(name: string): string | null {
  const [base = '', tone] = name.split('::');
  const picture = EMOJI.get(base);
  if (picture === undefined) return null;
  const index = tone === undefined ? -1 : Number(tone.replace('skin-tone-', '')) - 2;
  return `${picture}${TONES[index] ?? ''}`;
}
