/** The three people of the demo; these are also their user names. */
export type DemoPerson = "alice" | "bob" | "carol";

/** One line of a conversation. */
export interface DemoMessage {
  readonly from: DemoPerson;
  readonly text: string;
}

/** An encrypted room and what was said in it, oldest first. */
export interface DemoRoom {
  readonly name: string;
  readonly owner: DemoPerson;
  /** Everybody in the room, the owner first. */
  readonly members: readonly DemoPerson[];
  /** How much older history the room has, compared with the others. */
  readonly weight: number;
  readonly messages: readonly DemoMessage[];
}

const people: Readonly<Record<string, DemoPerson>> = { a: "alice", b: "bob", c: "carol" };

/** Reads a conversation: one message per line, after the first letter of who says it. */
function room(name: string, members: string, weight: number, talk: string): DemoRoom {
  const who = (letter: string): DemoPerson => {
    const person = people[letter];
    if (person === undefined) throw new Error(`nobody in "${name}" is called ${letter}`);
    return person;
  };
  const everybody = members.split("").map(who);
  return {
    name,
    owner: who(members.charAt(0)),
    members: everybody,
    weight,
    messages: talk
      .trim()
      .split("\n")
      .map((line) => line.trim())
      .map((line) => ({ from: who(line.charAt(0)), text: line.slice(2) })),
  };
}

/** The rooms of the demo, in the order they are made. */
export const demoRooms: readonly DemoRoom[] = [
  room(
    "Family",
    "abc",
    5,
    `a Who is coming on Sunday?
     b I am, and I bring the potato salad.
     c Me too, but only after three. Rehearsal.
     a Lovely. Then we eat at four.
     b Is Grandpa coming by train or shall I fetch him?
     a By train, 15:12, platform 2. He says he can walk from there.
     c He says that every year.
     b I will be at the station anyway.
     a Thank you! Could somebody bring folding chairs?
     c Four of mine are still in your cellar.
     a So that is where they came from.
     b Does anybody know where the big pot went?
     c Look behind the sledges.
     a Found it. It has a spider in it. She may stay until Saturday.
     b See you Sunday then.`,
  ),
  room(
    "Book club",
    "abc",
    4,
    `a This month it is "The Lighthouse Keeper's Ledger". Has everybody got a copy?
     c The library had one left, so yes.
     b I am on page 40 and nothing has happened yet.
     c Wait for page 41.
     b Ha.
     a Tuesday the 9th, at mine, half past seven?
     b Works for me.
     c I will be ten minutes late and I will bring the cheese.
     a Please nobody spoil the ending in here.
     b I could not if I wanted to.
     c Page 41. Told you.
     b I have just missed my stop because of page 41.
     a Next month somebody else chooses. Bob?
     b Then it is going to be a cookbook.`,
  ),
  room(
    "Walking group",
    "abc",
    4,
    `a Saturday: the ridge path, 14 km, 480 m up. Fine for everyone?
     b Fine. Which bus?
     a The 8:05 from the market square.
     c Is there water on the way?
     a One spring after the second hut, not reliable. Bring two litres.
     b The forecast says showers after three.
     c Then we had better be on the way down by then.
     a Agreed. We turn round at one, wherever we are.
     b My boots are finally broken in.
     c And your feet?
     b Also.
     a There is cake at the lower hut. I telephoned.
     c Now I am certainly coming.
     b Photos are in the album. The one with the goat is the best.
     a The goat looks exactly like Uncle Henry.`,
  ),
  room(
    "Notes to self",
    "a",
    3,
    `a Renew the passport before March.
     a The good baker on Mill Street closes at two on Saturdays.
     a Idea for the talk: begin with the broken umbrella.
     a Bicycle frame number is written inside the blue folder.
     a Ask the landlord about the window in the hall.
     a Measurements of the alcove: 84 wide, 201 high, 36 deep.
     a Paint for the shelf: the grey called "harbour", half a litre is enough.
     a Dentist moved to the 17th, 9:40.
     a Return the drill to Bob. Really.
     a The song from the film: a waltz, accordion, ends in minor.
     a Dosage for the tomatoes: one cap per ten litres, once a week.
     a Gift for Carol: the little brass compass in the window by the bridge.
     a Do not buy another notebook.
     a Bought another notebook.`,
  ),
  room(
    "Allotment",
    "ac",
    3,
    `a The first beans are through.
     c Mine were eaten by snails the same night.
     a I have copper tape left, come and get some.
     c You are a saviour.
     a Water is back on from Monday, says the committee.
     c At last. I carried cans for a week.
     a Who has the key to the tool shed?
     c Hanging on the nail inside the compost hut.
     a Not very secret.
     c It is a very secret nail.
     a The courgettes have begun. You know what that means.
     c I am moving house.
     a You will find two on your doorstep anyway.
     c Three. I counted three.`,
  ),
  room(
    "Flat 3B",
    "ab",
    3,
    `a The heating man comes Thursday between 8 and 12.
     b I work from home that day, I can let him in.
     a Great. The boiler makes the noise again, please tell him.
     b The ping or the groan?
     a The groan.
     b Noted: groan.
     a And the bin store has a new code, I put it in an envelope under your door.
     b Got it.
     b He was here. It was a valve, he changed it, no charge.
     a And the groan?
     b Gone. Now one hears the ping more clearly.
     a One thing at a time.
     b Also the hall light is fixed.
     a You are the best neighbour on this floor.
     b There are two flats on this floor.`,
  ),
  room(
    "Choir tour",
    "ac",
    3,
    `c Bus leaves at 6:30 sharp. Not 6:35.
     a Who has the folders?
     c I have all of them, in order, with coloured tabs.
     a Of course you do.
     c Altos please sit together, we practise on the way.
     a Is there a piano at the hotel?
     c An upright in the breakfast room. The manager says gently.
     a We are never anything but gentle.
     c Second concert is moved to the small church, 19:00.
     a Better sound there anyway.
     c And no parking. We walk from the river, ten minutes.
     a Black shoes then, the comfortable ones.
     c Standing ovation! I still cannot believe it.
     a You hit that last note like a bell.`,
  ),
  room(
    "Project Lantern",
    "abc",
    5,
    `a Status, everybody: what is left before Friday?
     b The lamp housing is printed, second try, fits well.
     c Text for the panels is with the proofreader until tomorrow noon.
     a I still need the cable list.
     b In the shared folder since last night, third sheet.
     a Found it, thanks. Are 12 m enough for the long side?
     b With a metre to spare.
     c The museum asks whether we can come an hour earlier.
     a Yes. Seven, then.
     b Groan. But yes.
     c Proofs are back: two commas and one very good question about panel 4.
     a What question?
     c Why the lighthouse had no door. I do not know. Do you?
     b It had one. On the sea side.
     a Then that goes on the panel. Wonderful.`,
  ),
  room(
    "Recipes",
    "abc",
    2,
    `c Bread that always works: 500 flour, 375 water, 10 salt, 2 yeast. Overnight in the fridge.
     b Grams?
     c Grams.
     a How hot?
     c 240, lid on for 25 minutes, then off for 20.
     b Mine came out flat.
     c Did you fold it before the night?
     b Nobody said fold.
     c Now somebody has.
     a Lentil soup, winter version: one lemon more than you think.
     b Can one freeze it?
     a Yes, but add the lemon afterwards.
     b Second loaf: a triumph. Photo follows, if there is any left.
     c Proud of you.`,
  ),
  room(
    "Car share",
    "ab",
    2,
    `b I need the car on Wednesday evening, all right?
     a All right, it is free from five.
     b Tank is half full.
     a I filled it up on the way back.
     b Very kind. There is a new scratch on the left, was that me?
     a That was the bin lorry. I have the number, the insurance knows.
     b Good. Inspection is due in May.
     a I booked the 12th, 7:30.
     b I can take it there.
     a Then I fetch it.
     b Winter tyres off at the same time?
     a Yes, they said it takes twenty minutes more.
     b Key is in the usual place.
     a And the parking disc is under the seat again.`,
  ),
  room(
    "School parents",
    "ac",
    2,
    `c The trip costs 38 in the end, lunch included.
     a I can collect it, as last time.
     c Please, I would lose the list.
     a What do they need to bring?
     c Rain jacket, water bottle, no telephone.
     a There will be tears.
     c There always are. Mostly the parents'.
     a Who is going along besides Mr Novak?
     c I am. And we need one more.
     a Then I take the day off.
     c You are a hero.
     a Is anybody allergic to anything?
     c Two to nuts, one to bees. I carry the kit.
     a Everybody has paid. I have ticked the last name.`,
  ),
  room(
    "Board games",
    "abc",
    3,
    `b Friday at mine, eight o'clock, the long one?
     a The one with the trains?
     b The one with the trains.
     c I have not forgiven you for the last time.
     b You could have built the tunnel first.
     c I KNOW.
     a I bring crisps and neutrality.
     c I bring a plan.
     b I have cleared the table, this is how serious it is.
     a Five to, I am nearly there.
     c I won. Let it be written here for all time.
     b It is written.
     a By four points.
     c Four magnificent points.`,
  ),
  room(
    "Neighbourhood watch",
    "abc",
    2,
    `a A grey cat with a white paw has been in our yard since yesterday. Is somebody missing it?
     b That is Monday, from number 14.
     c Called Monday or missing since Monday?
     b Both, I believe.
     a She is eating tuna on my sofa.
     c Then she will never go home.
     b I have told them, they are coming at six.
     a Reunited. There was singing.
     c The street lamp at the corner is out again.
     b Reported, they gave me the number 4471.
     a Street party on the 20th, who can lend a table?
     b Two.
     c One, and a very long cloth.
     a Perfect.`,
  ),
  room(
    "Photography",
    "ab",
    3,
    `b Fog tomorrow morning, they say. Bridge at six?
     a In the morning?
     b Light does not wait.
     a Fine. You bring coffee.
     b The thermos is already by the door.
     a I am taking the old 50 and nothing else.
     b Brave.
     a Lazy. It weighs nothing.
     b The one with the rowing boat is going on my wall.
     a What were your settings?
     b One 250th, f 8, and luck.
     a Exhibition deadline is the end of the month, three prints each.
     b I have one and a half so far.
     a The rowing boat and?
     b Half of a duck.`,
  ),
  room(
    "Italian evening class",
    "ac",
    2,
    `c Homework: page 62, exercises 3 to 5, and learn the poem.
     a The whole poem?
     c The first two verses.
     a Meno male.
     c Oh, very good!
     a Who is your partner for the dialogue?
     c You are, I hope.
     a Then I am the waiter.
     c You were the waiter last time.
     a I was good at it.
     c Fine. But I send back the soup.
     a The room has changed, we are in 204 from now on.
     c Second floor, by the plants.
     a A domani!`,
  ),
  room(
    "Bicycle repair",
    "ab",
    2,
    `a It clicks when I pedal uphill. Only uphill.
     b Left foot or right?
     a Left.
     b Tighten the pedal first. That thread turns the other way.
     a Which other way?
     b Anticlockwise to tighten, on the left.
     a It is gone! I do not believe it.
     b It is nearly always the pedal.
     a Brake blocks: which ones do I need?
     b Send a photo of the old ones.
     a Done.
     b The 72 mm ones, about six for the pair.
     a And how do I get the wheel back in?
     b I am coming over. Put the kettle on.`,
  ),
  room(
    "Holiday on the coast",
    "abc",
    4,
    `a The house by the dunes is free in the second week of September.
     c Three bedrooms?
     a Three, and a stove.
     b Is there a bakery near?
     a Four hundred metres.
     b Then I have no further questions.
     c The ferry is cheaper if we book before Sunday.
     a Done. One car, three bicycles, 10:40 there and 17:15 back.
     b What do we each owe you?
     a 212. No hurry.
     c Sent. What is the sea like in September?
     a Honest.
     b I looked that up. It is 16 degrees.
     c I am taking the thick wetsuit.
     a I am taking a book.`,
  ),
  room(
    "Garden concert",
    "ac",
    2,
    `c The quartet said yes! Saturday the 3rd, under the walnut tree.
     a That is wonderful. How many chairs?
     c Forty. The parish lends us thirty.
     a I can get ten from the allotment.
     c And if it rains?
     a The barn. I have asked, it is swept.
     c You think of everything.
     a I think of rain. It is a habit.
     c Programme: Haydn, then the break, then the surprise.
     a What is the surprise?
     c If I told you.
     a Somebody has to print the programme.
     c "And a surprise." That is what it says.
     a The surprise was a tuba. I have never laughed so much.`,
  ),
  room(
    "Running",
    "ab",
    2,
    `b Ten easy ones tomorrow?
     a Kilometres or minutes?
     b Kilometres. Easy ones.
     a There is no such thing.
     b River loop, flat, no hurry.
     a Six thirty at the footbridge.
     b My knee is better, by the way.
     a Good! Still, slowly.
     b You were the one who sprinted at the end.
     a There was a dog.
     b A very small dog.
     a With intentions.
     b Half marathon entry closes on Friday. Shall we?
     a We shall. I have just clicked it before I could think.`,
  ),
  room(
    "Piano lessons",
    "ac",
    2,
    `a Can we move Thursday to Friday this week?
     c Friday at five is free.
     a Perfect. I have practised, a little.
     c Left hand alone first?
     a Left hand alone. It has opinions of its own now.
     c That is what it should have.
     a Bar 17 still falls apart.
     c Play it slower than you find bearable.
     a That slow?
     c Slower.
     a It worked. It was terrible, and then it worked.
     c That is the whole method.
     a What comes after this piece?
     c A waltz. You have earned a waltz.`,
  ),
  room(
    "House move",
    "abc",
    3,
    `a Moving day is the 28th. I need hands and backs.
     b You have my back.
     c And my van, if you fill it up.
     a I love you both. Pizza is on me.
     b How many boxes?
     a Sixty, of which forty are books.
     c I take it all back.
     a There is a lift!
     c I take it back that I took it back.
     b Who carries the piano?
     a Professionals.
     c Thank goodness.
     a Keys handed over. It echoes in here.
     b Not for long, with forty boxes of books.
     a First evening in the new flat. Thank you, thank you.`,
  ),
  room(
    "Film night",
    "abc",
    2,
    `c It is my turn, and it is black and white, and it is three hours.
     b Is there an interval?
     c There is an interval with sandwiches.
     b Carry on.
     a What is it called?
     c I do not tell beforehand. You would look it up.
     a I would.
     b Does it have a happy ending?
     c It has an ending.
     a Seven o'clock, and I bring the projector.
     b The white sheet is still on your washing line from last time.
     a So it is. Freshly rained.
     c You both cried. I saw it.
     b It was the sandwiches. There was mustard.`,
  ),
  room(
    "Repair café",
    "ab",
    2,
    `b On Saturday we had 31 people and mended 22 things.
     a What was the best one?
     b A music box from 1931. It plays again.
     a And the worst?
     b A toaster. Let us not speak of the toaster.
     a I can do the sewing table next month.
     b Please! The queue for trousers went round the block.
     a I bring my machine, and the strong needles.
     b We need fuses, 3 and 13.
     a Ordered, a box of each.
     b The hall is ours until six from now on.
     a An hour more, very good.
     b The music box lady sent us a cake.
     a Then it was all worth it. Also the toaster.`,
  ),
  room(
    "Thesis corrections",
    "ac",
    4,
    `a I have read chapter 2. It is really good.
     c Really?
     a Really. Two things: the second figure needs a scale, and page 31 says everything twice.
     c I know. I was so tired on page 31.
     a One can tell, and it is easy to mend.
     c Chapter 3 is coming tonight, be merciful.
     a Always.
     c Is "moreover" allowed?
     a Twice per chapter.
     c I have used it nine times.
     a Moreover, you should not.
     c Ha! All right. Sending now.
     a Handed in?
     c HANDED IN. I am lying on the floor.
     a Stay there. I am coming with a cake.`,
  ),
  room(
    "Bike workshop",
    "bc",
    1,
    `b The stand is free on Thursday afternoon.
     c Then I come with the old one, it needs new cables.
     b Bring the housing too, mine is all used up.
     c How long will it take?
     b An hour, if the bolts are kind.
     c The bolts were not kind.
     b No. But it brakes like new.
     c Thank you for your patience.`,
  ),
  room(
    "Flat hunting",
    "b",
    1,
    `b Viewing on Monday at 18:00, top floor, bell says "Berg".
     b Two rooms, 54 square metres, no lift. Nice light.
     b Ask: is the cellar included?
     b Ask: who is the neighbour with the drum kit?
     b Deposit would be three months. Hmm.
     b Second viewing on Friday. Take the tape measure.
     b I have got it!`,
  ),
  room(
    "Cycling to work",
    "ba",
    1,
    `b The path along the canal is open again.
     a All the way to the lock?
     b All the way. New surface.
     a Finally. That saves me ten minutes.
     b There is ice under the second bridge in the morning, careful.
     a Thanks for the warning.`,
  ),
  room(
    "Choir board",
    "cb",
    1,
    `c Minutes of Monday are in the folder.
     b The treasurer's numbers look good.
     c We can afford the new folders.
     b And a tuner for the upright?
     c Twice a year, yes.
     b Motion: more cake at rehearsals.
     c Carried, one to nil.
     b I count two.`,
  ),
  room(
    "Carol's workshop",
    "c",
    1,
    `c Glue for the violin case: hide glue, never the white one.
     c The varnish needs three days between coats, not two.
     c Strings ordered on the 4th.
     c Mr Adamo pays when he fetches the bow.
     c Lamp: 4000 K, high colour rendering.
     c The spruce from the old barn rings beautifully.
     c First finished fiddle. It squeaks, but it is mine.`,
  ),
  room(
    "Sunday painters",
    "cab",
    1,
    `c Easels are at the mill this Sunday, from two.
     a Water colour or oil?
     c Whatever stains you less.
     b I will draw. Pencil stains nobody.
     c You said that last year, and then came the ink.
     b That was a windy day.
     a I have a spare apron.
     b I accept the apron.`,
  ),
];
