namespace Kappa.Lab.Tasks.Text;

/// <summary>A text that transformers are compared on.</summary>
internal sealed class PreparedText(TextData data, string name, TextTaskSettings settings, WritingTest? writing, Func<Philox, Module> create) : PreparedTask
{
    internal const string BitsName = "bits per character";

    private readonly HeldOutText _heldOut = new(data, settings.ValidationExamples);

    internal WritingTest? Writing => writing;

    public override string MetricName => settings.Metric == TextMeasures.Divergence ? "divergence of what is written" : settings.Metric;

    public override bool HigherIsBetter => false;

    public override string HorizonUnit => writing is null ? "tokens seen" : "tokens";

    public override IReadOnlyList<FindingSection> Notes => writing is null ? [] : [WritingNote(writing)];

    public override IReadOnlyDictionary<string, string> Identity { get; } = new Dictionary<string, string> { [name] = data.Fingerprint };

    public override int TrainingCount => data.Training.Count;

    public override Func<Module, Tensor>? HeldOutLoss => _heldOut.Loss;

    public override Func<Module, CancellationToken, double>? PerturbedLoss => _heldOut.PerturbedLoss;

    public override Func<Module, CancellationToken, double>? UnrolledLoss => _heldOut.UnrolledLoss;

    public override Module CreateModel(ModelConfig? model, Philox generator) => model is null
        ? create(generator)
        : throw new ConfigException(
            $"model: {TextTask.TaskName} has a model of its own, a transformer; leave \"model\" out and choose task.width, task.layers and so on");

    public override Tensor TrainingLoss(Module model, ReadOnlySpan<int> indices) => data.Loss(model, indices);

    public override double ValidationLoss(Module model) => ValidationLoss(model, CancellationToken.None);

    public override double ValidationLoss(Module model, CancellationToken cancellation) => data.Evaluate(model, settings.ValidationExamples, cancellation).Loss;

    public override Deployment Deploy(Module model, CancellationToken cancellation)
    {
        bool isOfBits = settings.Metric == BitsName;
        var evaluation = data.Evaluate(model, isOfBits ? 0 : settings.ValidationExamples, cancellation);
        var scalars = new Dictionary<string, double> { ["loss"] = evaluation.Loss };
        List<HorizonCurve> curves = [ByPosition(model, cancellation)];
        if (!isOfBits)
            scalars[BitsName] = evaluation.Metric;
        if (writing is not null)
            AddWritten(writing, writing.Of((Transformer)model, cancellation), curves, scalars);
        return new Deployment(isOfBits ? evaluation.Metric : scalars[settings.Metric], curves, scalars);
    }

    /// <summary>What the model wrote, and real text beside it.</summary>
    private static void AddWritten(WritingTest writing, MeasuredText written, List<HorizonCurve> curves, Dictionary<string, double> scalars)
    {
        foreach (var ((name, atHorizons, whole), (_, realAtHorizons, realWhole)) in written.Measures.Zip(writing.Real.Measures))
        {
            (scalars[name], scalars[$"{name}, real text"]) = (whole, realWhole);
            curves.Add(new HorizonCurve($"{name} of what it writes, by tokens written", written.Horizons, atHorizons));
            curves.Add(new HorizonCurve($"{name} of real text, by tokens", writing.Real.Horizons, realAtHorizons));
        }
        if (writing.Judge is not null)
            scalars[TextMeasures.JudgeGap] = Math.Abs(written.Whole(TextMeasures.JudgeBits) - writing.Real.Whole(TextMeasures.JudgeBits));
    }

    private FindingSection WritingNote(WritingTest writing)
    {
        string text = "Sequences of tokens and n-grams, these with Witten-Bell smoothing, are counted in the first half of the validation text; models write "
            + $"on from the second half. Real text there has a divergence of {Whole(TextMeasures.Divergence)} from the first half, which is that of a perfect "
            + "model at this length, but for chance.";
        if (writing.Judge is { } judge)
        {
            text += string.Create(
                    CultureInfo.InvariantCulture,
                    $" The judge is a transformer of {judge.Parameters:N0} parameters, trained on the training text for {settings.Generation.JudgeSteps} ")
                + $"steps by itself. No passage of the validation text is among it. It gives real text {Whole(TextMeasures.JudgeBits)} bits per character. "
                + "The gap is how far what a model writes is from that, above or below: text that repeats itself has fewer bits than real text.";
        }
        return new FindingSection("Who judges what the models write", text);
        string Whole(string name) => writing.Real.Whole(name).ToString("F3", CultureInfo.InvariantCulture);
    }

    /// <summary>How much the model gains from context: bits per character by the number of tokens before.</summary>
    private HorizonCurve ByPosition(Module model, CancellationToken cancellation)
    {
        int length = data.UnitsPerExample, examples = Math.Min(settings.ValidationExamples, data.Validation.Count);
        double[] bits = new double[length];
        model.Eval();
        for (int example = 0; example < examples; example++)
        {
            cancellation.ThrowIfCancellationRequested();
            using var scope = TensorScope.Begin();
            var batch = data.Validation.Take([(int)((long)example * data.Validation.Count / examples)]);
            var logits = model.Forward(batch.Inputs).ReadOnlyValues<float>();
            var targets = batch.Targets.ReadOnlyValues<int>();
            for (int position = 0; position < length; position++)
                bits[position] += data.BitsPerCharacter(LossOf(logits.Slice(position * data.OutputSize, data.OutputSize), targets[position])) / examples;
            batch.Release();
        }
        return new HorizonCurve("bits per character by tokens seen", [.. Enumerable.Range(1, length).Select(position => (double)position)], bits);
    }

    private static double LossOf(ReadOnlySpan<float> logits, int target)
    {
        float largest = float.NegativeInfinity;
        foreach (float logit in logits)
            largest = Math.Max(largest, logit);
        double sum = 0;
        foreach (float logit in logits)
            sum += Math.Exp(logit - largest);
        return Math.Log(sum) + largest - logits[target];
    }
}
