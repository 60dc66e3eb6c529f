namespace Kappa.Lab.Tasks.Text;

/// <summary>Lets trained models write on from the second half of the validation text, and measures what they write beside the real text there. What is counted,
/// sequences and n-grams, is counted in the first half, so that no text is judged by its own counts.</summary>
internal sealed class WritingTest
{
    private const int LongestGram = 5;
    private const int CharacterSequence = 3;
    private const int MostAtOnce = 32;

    private readonly GenerationSettings _settings;
    private readonly TextData _data;
    private readonly NGramModel _grams;
    private readonly int[] _characters;
    private readonly int _sequence;
    private readonly IReadOnlyDictionary<long, double> _reference;

    /// <summary>Counts, trains the judge where one is asked for, which takes a minute or so, and measures the real text.</summary>
    /// <exception cref="ConfigException">The text is too short, or the judge would learn the very text that it is to know nothing of.</exception>
    internal WritingTest(TextTaskSettings settings, TextData data, IProgress<double>? progress, CancellationToken cancellation)
    {
        (_settings, _data) = (settings.Generation, data);
        int length = _settings.Prompt + _settings.Tokens, held = data.ValidationTokens.Length, half = held / 2;
        if (data.TrainingTokens.Length <= length || held - half <= length)
        {
            throw new ConfigException(
                $"task.generation.tokens: expected texts of fewer tokens than the training text and half of the validation text have, "
                + $"{data.TrainingTokens.Length} and {held - half}; got {_settings.Prompt} + {_settings.Tokens}");
        }
        Judge = _settings.HasJudge ? new TextJudge(_settings, settings.Model, data, progress, cancellation) : null;
        _sequence = settings.Text.Tokenizer == TextSettings.Characters ? CharacterSequence : 1;
        _reference = Frequencies([data.ValidationTokens[..half].ToArray()]);
        _grams = new NGramModel(data.ValidationTokens[..half], data.OutputSize, LongestGram);
        _characters = [.. Enumerable.Range(0, data.OutputSize).Select(CharactersOf)];
        Starts = [.. Enumerable.Range(0, _settings.Texts).Select(i => half + (int)((long)i * (held - half - length) / _settings.Texts))];
        Real = Measure([.. Starts.Select(start => data.ValidationTokens.Slice(start, length).ToArray())], cancellation);
    }

    /// <summary>The judge; null for none.</summary>
    internal TextJudge? Judge { get; }

    /// <summary>Where in the validation text each prompt stands.</summary>
    internal IReadOnlyList<int> Starts { get; }

    /// <summary>The measures of the text itself, where models write on.</summary>
    internal MeasuredText Real { get; }

    /// <summary>Lets a model write, and measures it. The same for the same model, every time.</summary>
    internal MeasuredText Of(Transformer model, CancellationToken cancellation)
    {
        model.Eval();
        int[][] prompts = [.. Starts.Select(start => _data.ValidationTokens.Slice(start, _settings.Prompt).ToArray())];
        var generator = new TokenGenerator(
            model, new SamplingOptions { Temperature = _settings.Temperature, TopP = _settings.TopP },
            (_data.Tokenizer as CharacterTokenizer)?.UnknownToken, Math.Min(MostAtOnce, prompts.Length));
        var texts = generator.Generate(prompts, _settings.Tokens, new Philox(0).Split("texts"), cancellation: cancellation);
        return Measure([.. prompts.Zip(texts, (prompt, text) => (int[])[.. prompt, .. text])], cancellation);
    }

    /// <summary>Measures texts, each with its prompt.</summary>
    internal MeasuredText Measure(int[][] texts, CancellationToken cancellation)
    {
        int prompt = _settings.Prompt;
        int[] horizons = [.. Horizons()];
        double[] judged = new double[horizons.Length], counted = new double[horizons.Length], characters = new double[horizons.Length];
        foreach (int[] text in texts)
        {
            cancellation.ThrowIfCancellationRequested();
            double[]? byJudge = Judge?.Losses(text);
            double[] byCounts = _grams.Losses(text, prompt);
            for (int i = 0; i < byCounts.Length; i++)
            {
                int band = Array.FindIndex(horizons, horizon => i < horizon);
                judged[band] += byJudge?[i] ?? 0;
                counted[band] += byCounts[i];
                characters[band] += _characters[text[prompt + i]];
            }
        }
        int[][] Part(int from, int to) => [.. texts.Select(text => text[(prompt + from)..(prompt + to)])];
        int[][] whole = Part(0, _settings.Tokens);
        var measures = new List<(string, double[], double)>();
        void AddBits(string name, double[] losses) => measures.Add((
            name, [.. losses.Zip(characters, TextMeasures.BitsPerCharacter)], TextMeasures.BitsPerCharacter(losses.Sum(), characters.Sum())));
        void Add(string name, Func<int, int> from, Func<int[][], double> of) => measures.Add((
            name, [.. horizons.Select((horizon, band) => of(Part(from(band), horizon)))], of(whole)));
        Add(TextMeasures.Divergence, band => band == 0 ? 0 : horizons[band - 1], part => TextMeasures.DivergenceOf(Frequencies(part), _reference));
        if (Judge is not null)
            AddBits(TextMeasures.JudgeBits, judged);
        AddBits(TextMeasures.CountBits, counted);
        Add(TextMeasures.Repetition, _ => 0, part => TextMeasures.RepetitionOf(part, TextMeasures.RepeatedTokens));
        Add(TextMeasures.Distinct, _ => 0, part => TextMeasures.DistinctShareOf(part, TextMeasures.DistinctTokens));
        return new MeasuredText([.. horizons.Select(horizon => (double)horizon)], measures);
    }

    private IReadOnlyDictionary<long, double> Frequencies(int[][] texts) => TextMeasures.Frequencies(texts, _sequence, _data.OutputSize);

    /// <summary>Powers of two from 8, and the length of the texts.</summary>
    private IEnumerable<int> Horizons()
    {
        for (int length = 8; length < _settings.Tokens; length *= 2)
            yield return length;
        yield return _settings.Tokens;
    }

    /// <summary>Bytes that begin a character; the others of it come after.</summary>
    private int CharactersOf(int token)
    {
        int count = 0;
        foreach (byte value in _data.Tokenizer.BytesOf(token))
            count += (value & 0xC0) == 0x80 ? 0 : 1;
        return count;
    }
}
