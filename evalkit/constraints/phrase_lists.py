"""The English phrases that the constraints on register look for, in the notation of `phrases.py`."""

from __future__ import annotations

_PRAISED = (
    "{great|good|excellent|fantastic|wonderful|brilliant|amazing|awesome|terrific|superb|fascinating|interesting"
    "|insightful|thoughtful|clever|smart|fabulous|lovely|incredible|outstanding|perceptive|astute|perfect|nice}"
)
_ASKED = "{question|point|observation|inquiry|enquiry|query|prompt|request}"

FLATTERY = (
    f"{{what a|what an|such a|such an|}} {{very|really|truly|}} {_PRAISED} {_ASKED}",
    f"{{what a|what an|such a|such an|}} {{very|really|truly|}} {_PRAISED} {{idea|thought|choice|catch}}",
    (
        "{that's a|that's an|that is a|that is an|this is a|this is an|it's a|it's an|you ask a|you ask an"
        "|you've asked a|you've asked an|you raise a|you raise an|you make a|you make an}"
        f" {{very|really|truly|}} {_PRAISED} {_ASKED}"
    ),
    "I {really|absolutely|} {love|like|appreciate} {this|that|your|the} {great|good|excellent|} {question|idea|point}",
    "{you are|you're} {absolutely|so|totally|completely|quite|} right",
    "{you are|you're} {very|so|really|such a|a|} {smart|clever|insightful|thoughtful|brilliant|genius}",
    (
        "{thank you|thanks} {so much|very much|} for {asking|your question|the question|this question"
        "|your great question|the great question|such a great question}"
    ),
    "{that's|that is|it's|it is} {really|truly|very|so|} {great|wonderful|fantastic} {that you|to hear that you}",
)
INTERJECTIONS = frozenset(
    ("ah", "oh", "wow", "hi", "hello", "hey", "there", "well", "yes", "yeah", "ok", "okay", "hmm", "and", "so", "now")
)
FILLER_OPENERS = (
    (
        "{sure|sure thing|certainly|absolutely|definitely|of course|okay|ok|alright|all right|no problem|got it"
        "|understood|happy to help|glad to help|my pleasure|with pleasure}"
    ),
    "{I'd be|I would be|I'll be|I will be|I am|I'm} {more than|very|so|} {happy|glad|pleased} to {help|assist}",
    "{let's|let us} {dive|delve|jump} {right|straight|} {in|into}",
    "as {you|you've|you have} {requested|asked}",
)
CLOSING_OFFERS = (
    "let me know {if|whether|when|how|what|which|should}",
    "{please|} feel free to {ask|reach|contact|share|let}",
    "{please|} {don't|do not} hesitate to",
    "{I hope|hope|hoping} {this|that|it} {helps|helped|answers|clarifies|was helpful|is helpful}",
    (
        "if you {have|need|want|would like|'d like|require} {any|some|} {more|other|further|additional} "
        "{questions|help|information|details|assistance|examples|clarification}"
    ),
    "if you {have|need} any {questions|help|assistance}",
    "if {you'd|you would} like {me to|any|more|further|to know}",
    "if you want me to",
    "{would you like|do you want|shall I|should I} {me to|to know|more|further|any|help|go}",
    "{is there|was there} anything {else|more|specific}",
    "{I'm|I am|I'd be|I would be|I'll be|} {always|} {happy|glad|here} to {help|assist|explain|elaborate|answer}",
    "happy {coding|learning|reading|writing|cooking}",
)
HEDGES = (
    "I {really|still|also|personally|just|} {think|believe|guess|suppose|suspect|imagine|feel|assume|reckon}",
    "{I'm|I am} {not|not entirely|not completely|not quite|not really|not exactly|fairly|pretty} {sure|certain}",
    "in my {humble|personal|honest|} {opinion|view|experience}",
    "to {the best of my knowledge|some extent|a certain extent|some degree}",
    "as far as {I know|I can tell|I am aware|I'm aware}",
    "if I {remember|recall} {correctly|rightly}",
    "it {seems|appears|looks} {that|to|as if|as though|like|possible|likely}",
    "it {is|'s} {possible|likely|probable|conceivable} that",
    "it's {possible|likely|probable|conceivable} that",
    "it {could|might|may|can} be {argued|said|suggested} that",
    "{one|you|some} {could|might|may} {argue|say} that",
    "there is a {good|fair|} chance that",
    "{perhaps|maybe|possibly|probably|presumably|supposedly|arguably|apparently|seemingly|conceivably|kinda|sorta}",
)
APOLOGIES = (
    "{I am|I'm|we are|we're} {so|very|really|truly|deeply|terribly|extremely|sincerely|awfully|} sorry",
    "^{so|very|really|terribly|} sorry",
    "sorry {about|for|but|to say|to hear|that I|if I|I|we}",
    "{I|we} {do|sincerely|deeply|truly|must|would like to|want to|} {apologize|apologise}",
    "{my|our} {sincere|deepest|sincerest|humble|} {apologies|apology}",
    "^{apologies|pardon me|forgive me}",
    "{accept|offer} {my|our} {sincere|deepest|sincerest|humble|} {apologies|apology}",
    "{please|} {forgive|excuse} {me|my|us|our} {for|mistake|error|oversight|confusion}",
    "please {forgive|pardon} {me|us}",
    "{I|we} regret {to|that|any|the}",
)
_MODEL = (
    "{AI|AI model|AI language model|AI assistant|A.I|artificial intelligence|language model|large language model|LLM"
    "|chatbot|bot|virtual assistant|digital assistant|computer program|machine learning model|machine|robot"
    "|AI-powered|AI-based|text-based AI}"
)
AI_DISCLAIMERS = (
    f"as {{a|an|just an|just a|only an|your}} {_MODEL}",
    f"{{I am|I'm}} {{just|only|merely|simply|but|actually|}} {{a|an|your}} {_MODEL}",
    (
        "{I am|I'm} {ChatGPT|GPT|GPT-3|GPT-3.5|GPT-4|GPT-4o|GPT-5|Claude|Gemini|Bard|Copilot|Llama|Mistral|Qwen"
        "|DeepSeek|Grok|SmolLM}"
    ),
    (
        "{I was|I am|I'm|I've been|I have been} {trained|created|developed|made|built|designed} by "
        "{OpenAI|Anthropic|Google|Meta|Microsoft|Mistral|Alibaba|DeepSeek|xAI|Hugging Face}"
    ),
    "{I was|I am|I'm|I've been|I have been} {trained|programmed} {to|on|by}",
    (
        "my {training data|training|programming|knowledge cutoff|knowledge cut-off|last update|last knowledge update"
        "|last training update|training cutoff|developers|creators}"
    ),
    (
        "I {don't|do not|cannot|can't} {have|possess|experience|feel|hold} {personal|any|} {feelings|emotions|opinions"
        "|beliefs|experiences|preferences|consciousness|a body|a physical}"
    ),
    "I {don't|do not} have {access to|} {real-time|real time|the internet|current events|personal opinions}",
    "I {don't|do not} have {the ability|the capability} to",
)
