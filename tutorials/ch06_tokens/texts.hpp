// Text to cut: a story in English, and the same few sentences in four languages. Written for this
// chapter.
#pragma once

#include <array>
#include <string_view>

namespace tapestry {

/// A sentence a line.
inline constexpr std::string_view story =
    R"(The ferry leaves the island at six, and Nora is always early.
She sits on the wall above the harbour and counts the boats.
This morning there are eleven, and yesterday there were twelve.
"Somebody is out fishing," says her grandfather, "or somebody is gone."
He has been the harbour master for thirty-one years.
He knows every boat by its sound and every captain by his cough.
Nora doesn't believe him, but she has never caught him with a mistake.
The missing boat is called the Heron, and it belongs to the Okafor brothers.
It is small, green and older than Nora's mother.
"They'll be back before the rain," the old man says.
The rain comes at seven, and the Heron doesn't.
At eight the radio on the desk begins to crackle.
"Harbour, harbour, this is the Heron," a voice says, "can you hear me?"
Her grandfather takes the microphone and waits for the noise to end.
"We hear you, Heron, where are you?"
"We've lost the engine near the lighthouse, but we aren't in danger."
The sea is calm, the anchor holds, and the brothers have coffee and bread.
All they need is somebody with a rope and a stronger engine.
The only boat in the harbour with such an engine is the ferry.
The ferry has forty-two passengers, a cow and a piano on board.
Its captain is a tall woman with a short temper.
"I can't leave my route for a rowing boat," she says.
"It isn't a rowing boat," says Nora, "it's the Heron."
The captain looks at her, then at the sea, then at her watch.
The piano must be in the town hall at ten, for there is a concert in the evening.
The cow must be somewhere as well, but nobody knows where.
"How far is the lighthouse?" asks the captain.
"Two miles and a half, with the wind behind you," the old man says.
So the ferry turns left instead of right, and nobody complains.
The passengers stand at the rail and look for a small green boat.
A boy sees it first, because he has climbed on the piano.
"Get down from there!" shouts his mother, but she is looking too.
The older Okafor brother throws a rope, and it falls into the water.
He throws it again, and the cow steps on it.
Now the rope can't slip, and the captain says that she has never had a better sailor.
Slowly the ferry pulls the Heron past the lighthouse and past the long white beach.
The keeper of the lighthouse waves with a red flag, or perhaps with a shirt.
Nora writes everything into a notebook: the time, the wind, the names.
Her grandfather has taught her that what isn't written down hasn't happened.
At nine they can see the roofs of the town, grey and wet and close together.
The town has a market, a school, two churches and a cinema without a roof.
It also has a repair shop that's owned by a woman called Ilse Brandt.
She can mend clocks, pumps, radios and nearly every engine.
"What did you do to it?" she asks when she has opened the cover.
"Nothing," say the brothers, and she looks at them until they look away.
There is sand in the pump, and a fish in the pipe.
"An engine isn't a net," says Ilse.
She takes the fish out with a pair of tweezers and puts it on the table.
The cat of the shop has been waiting for such a day.
Meanwhile four men carry the piano up the hill to the town hall.
They stop at every corner, and at every corner somebody gives advice.
The stairs are too narrow, the door is too low and the hall is too warm.
At last the piano stands under the window, and nobody wants to move it again.
The pianist arrives at noon, with a blue hat and cold hands.
She plays one note, then a second one, and then she frowns.
"This is not the piano I ordered," she says.
"It's the only piano that has ever been rescued by a cow," says the boy.
The pianist laughs, and she plays a third note, which is better than the others.
In the afternoon the rain stops, and the market begins.
There are apples, onions, old books, new shoes and honey in small glasses.
A man sells umbrellas, although the sun is shining.
"It will rain again," he says, "it always does."
Nora buys a pencil, since hers is nearly finished, and a pear for her grandfather.
She pays with three coins and gets two smaller ones back.
At the school the windows are open, and somebody practises the trumpet.
The teacher has written a question on the board: how many words are there?
One child says a thousand, another a million, and a third says that it depends.
"On what does it depend?" asks the teacher.
"On whether you count the ones that nobody has said yet," the child answers.
The teacher thinks about this for the rest of the lesson.
She doesn't write an answer on the board, and the bell rings.
On the way home the children jump over the puddles, or into them.
The cow is still standing in front of the post office.
A label hangs from its neck, but the rain has washed the letters away.
The postman has never delivered a cow, and he doesn't want to begin now.
"It must belong to somebody," he says to the woman from the bakery.
"Everything does, except the sea," she answers, and gives the cow a stale roll.
In the evening the whole town comes to the concert.
The harbour master wears a tie that is older than his granddaughter.
The Okafor brothers have washed, and sit in the last row.
The captain of the ferry has a seat in the first row and falls asleep at once.
The pianist bows, sits down, and waits until it's quiet.
She begins with a song that sailors sing when they can't see the shore.
It is slow and low, and the windows tremble a little.
Then the music grows faster, like a boat that has found the wind.
Nora closes her eyes and sees the lighthouse, the rope and the green boat.
When the last note has gone, nobody dares to be the first to clap.
From the street, through the open window, comes a long, deep sound.
The cow has heard the concert, and it has an opinion.
Everybody laughs, the captain wakes up, and the clapping doesn't stop for ten minutes.
"That was a B flat," says the pianist, "and very nearly in tune."
Late at night the ferry goes back to the island with its lights on.
There are forty-one passengers on board, for the boy has fallen asleep at his aunt's.
There is no piano, and there is no cow.
Ilse has mended the pump, and the Heron follows the ferry under its own power.
Her price was a basket of fish, without sand, to be paid by Friday.
The stars are out, and the water is as smooth as the lid of the piano.
"Well," says the old man, "how many boats will there be tomorrow?"
"Twelve," says Nora, "unless somebody is gone."
She opens her notebook and writes down the last line of the day.
Some weeks later a letter arrives at the harbour.
It has been to three islands, and the stamps are from a country that Nora can't find.
"To the town with the cow," it says on the envelope.
A farmer from the south has lost an animal, brown, friendly, fond of music.
He had sold it to a neighbour, put it on the wrong ferry and thought no more of it.
Now the neighbour wants either his money or his cow.
The harbour master scratches his head and reads the letter twice.
By now the animal has a name, a bell and a place behind the bakery.
The children visit it before school, and the baker saves her stale bread for it.
The mayor calls a meeting, because that is what mayors do.
"We can't keep what isn't ours," says the postman.
"We can't send away what doesn't want to go," says the woman from the bakery.
The meeting lasts for three hours, and there is no more coffee after the first.
In the end it's the pianist who finds the way out.
She'll give another concert, and whoever wants to listen must pay for the cow.
So many people come that they have to open the doors and put chairs in the street.
A fisherman plays the violin, badly but with great joy.
The children's choir sings about the weather, and the weather behaves.
When the money is counted, there's enough for a cow and a half.
With the other half they mend the roof of the cinema.
The farmer sends a receipt, a photograph and a bag of seeds.
In the photograph the cow is a calf, and somebody is playing the accordion.
"I knew it," says the pianist, "nobody is born in tune."
In spring the seeds come up behind the bakery, and they turn out to be sunflowers.
Nora's pencil is short again, and her notebook is almost full.
She has written about storms, repairs, visitors and a whale that was a rock.
Her grandfather wants to rest, and he has asked her to look after the radio.
She is twelve years old, and her voice is clear.
"Harbour speaking," she says, and she waits for the noise to end.
Out at sea a boat answers, then a second one, then all the others.
The Heron is far away, near the northern banks, where the big fish are.
"What do you see?" asks Nora.
"Fog," says the younger brother, "fog and birds, and something that looks like an island."
"There is no island there," says Nora, who knows the map by heart.
For a while the radio only hisses.
"Then I don't know what to tell you," he says, "because we have just landed on it."
Nora looks at the map, turns it round, and looks again.
She takes her new pencil, draws a very small circle, and writes a question mark beside it.
)";

struct Language {
  std::string_view name;
  std::array<std::string_view, 10> sentences; // the same in all languages
};

inline constexpr std::array<Language, 4> languages{{
    {"English",
     {"The ship comes tomorrow.", "The ships came from our harbours.",
      "I have five hundred and fifty-five fish.", "We couldn't see the lighthouse.",
      "The house is big and bright.", "They live in your houses.", "The old harbour master sleeps.",
      "You aren't coming from our house.", "The fish of the day is good.",
      "Tomorrow the sun will shine."}},
    {"German",
     {"Das Schiff kommt morgen.", "Die Schiffe kamen aus unseren Häfen.",
      "Ich habe fünfhundertfünfundfünfzig Fische.", "Wir konnten den Leuchtturm nicht sehen.",
      "Das Haus ist groß und hell.", "Sie wohnen in euren Häusern.",
      "Der alte Hafenmeister schläft.", "Ihr kommt nicht aus unserem Haus.",
      "Der Tagesfisch ist gut.", "Morgen scheint die Sonne."}},
    {"Turkish",
     {"Gemi yarın geliyor.", "Gemiler limanlarımızdan geldi.", "Beş yüz elli beş balığım var.",
      "Deniz fenerini göremedik.", "Ev büyük ve aydınlık.", "Evlerinizde yaşıyorlar.",
      "Yaşlı liman müdürü uyuyor.", "Evimizden gelmiyorsunuz.", "Günün balığı iyi.",
      "Yarın güneş parlayacak."}},
    {"Japanese",
     {"船は明日来ます。", "船は私たちの港から来ました。", "私は魚を五百五十五匹持っています。",
      "灯台が見えませんでした。", "家は大きくて明るいです。",
      "彼らはあなたたちの家に住んでいます。", "年を取った港長は寝ています。",
      "あなたたちは私たちの家から来ません。", "今日の魚はおいしいです。",
      "明日は日が照るでしょう。"}},
}};

} // namespace tapestry
