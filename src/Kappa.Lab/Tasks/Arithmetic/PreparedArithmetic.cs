namespace Kappa.Lab.Tasks.Arithmetic;

/// <summary>Problems that are drawn, and a model that is pretrained where asked.</summary>
internal sealed class PreparedArithmetic : PreparedTask
{
    private const int SideBySide = 32;
    private const int HeldOutExamples = 128;
    private const double ReplacedShare = 0.1;
    private const int OwnCharacters = 4;
    private readonly ArithmeticSettings _settings;
    private readonly Alphabet _alphabet;
    private readonly ProblemWriter _writer;
    private readonly Exercises _training;
    private readonly Exercises _validation;
    private readonly Exercises _heldOut;
    private readonly Exercises _perturbed;
    private readonly (int Digits, Problem[] Problems, Exercises Exercises)[] _tests;
    private readonly TransformerOptions _options;
    private readonly StateDict? _start;
    private readonly double _startLoss;

    internal PreparedArithmetic(ArithmeticSettings settings, IProgress<double>? progress, CancellationToken cancellation)
    {
        _settings = settings;
        _alphabet = new Alphabet(settings.Pretraining == Pretraining.Text);
        _writer = new ProblemWriter(settings.Operation, settings.Steps, settings.Reversed);
        var generator = new Philox((ulong)settings.ProblemSeed);
        Exercises Draw(string name, int count, int digits, bool isHeldOut) =>
            Exercises.Of(Exercises.Draw(count, 1, digits, isHeldOut, generator.Split(name)), _writer, _alphabet);
        _training = Draw("training", settings.Examples, settings.Digits, isHeldOut: false);
        _validation = Draw("validation", settings.ValidationExamples, settings.Digits, isHeldOut: true);
        _heldOut = _validation.First(HeldOutExamples);
        _perturbed = _validation.Perturbed(ReplacedShare, generator.Split("perturbation"));
        _tests = [.. Enumerable.Range(1, settings.Digits + settings.Beyond).Select(digits =>
        {
            var problems = Exercises.Draw(settings.Problems, digits, digits, isHeldOut: true, generator.Split("tests").Split(digits));
            return (digits, problems, Exercises.Of(problems, _writer, _alphabet));
        })];
        _options = settings.Transformer(_alphabet.Count, LongestText(settings.Digits + settings.Beyond));
        switch (settings.Pretraining)
        {
            case Pretraining.ShortProblems:
                var shorter = Draw("short problems", settings.Examples, settings.PretrainingDigits, isHeldOut: false);
                (_start, _startLoss) = Pretrained(
                    generator, shorter.Count, (model, indices) => shorter.Loss(model, indices), progress, cancellation);
                break;
            case Pretraining.Text:
                int[] text = _alphabet.TokensOfText(string.Join(' ', BrownCorpus.Load().Select(document => document.Text)));
                Identity = new Dictionary<string, string> { [DataCatalog.BrownCorpus.Name] = Fingerprint(text) };
                (_start, _startLoss) = Pretrained(
                    generator, text.Length - _options.ContextLength, (model, starts) => LossOfText(model, text, starts), progress, cancellation);
                break;
            default:
                break;
        }
        progress?.Report(1);
    }

    public override string MetricName => "exact match";

    public override bool HigherIsBetter => true;

    public override bool IsShare => true;

    public override string HorizonUnit => "digits";

    public override int TrainingCount => _training.Count;

    public override IReadOnlyDictionary<string, string> Identity { get; } = new Dictionary<string, string>();

    public override IReadOnlyList<FindingSection> Notes => [Note()];

    public override Func<Module, Tensor>? HeldOutLoss => _heldOut.Loss;

    /// <summary>A tenth of the solutions' characters are replaced in what the model reads.</summary>
    public override Func<Module, CancellationToken, double>? PerturbedLoss => (model, cancellation) => _perturbed.Evaluate(model, cancellation).Loss;

    /// <summary>After four characters that the model wrote itself, each the likeliest.</summary>
    public override Func<Module, CancellationToken, double>? UnrolledLoss => (model, cancellation) =>
    {
        var writer = Writing((Transformer)model, _validation.Count);
        return _validation.AfterOwn(OwnCharacters, beginnings => writer.Generate(beginnings, OwnCharacters, new Philox(0), null, cancellation))
            .Evaluate(model, cancellation).Loss;
    };

    internal ProblemWriter Writer => _writer;

    internal int ContextLength => _options.ContextLength;

    internal TransformerOptions Options => _options;

    internal Exercises Training => _training;

    internal Exercises Validation => _validation;

    public override Module CreateModel(ModelConfig? model, Philox generator)
    {
        if (model is not null)
        {
            throw new ConfigException(
                $"model: {ArithmeticTask.TaskName} has a model of its own, a transformer; "
                + "leave \"model\" out and choose task.width, task.layers and task.heads");
        }
        var made = New(generator);
        if (_start is not null)
            made.LoadStateDict(_start);
        return made;
    }

    public override Tensor TrainingLoss(Module model, ReadOnlySpan<int> indices) => _training.Loss(model, indices);

    public override double ValidationLoss(Module model) => ValidationLoss(model, CancellationToken.None);

    public override double ValidationLoss(Module model, CancellationToken cancellation)
    {
        try
        {
            return _validation.Evaluate(model, cancellation).Loss;
        }
        catch (NonFiniteException)
        {
            return double.PositiveInfinity;
        }
    }

    /// <summary>Lets the model write the solutions of problems that it has not seen, always the likeliest character next.</summary>
    /// <returns>The metric is the share of right results over the numbers of digits that were trained on, each counted alike. Of the scalars,
    /// <c>exact match beyond</c> is over more digits; <c>unfinished</c> the share of solutions without an end, which count as wrong. A model whose outputs are
    /// not finite writes nothing, and <c>diverged</c> is 1.</returns>
    public override Deployment Deploy(Module model, CancellationToken cancellation)
    {
        var transformer = (Transformer)model;
        int lengths = _tests.Length;
        double[] exact = new double[lengths], whole = new double[lengths], characters = new double[lengths], independent = new double[lengths];
        double unfinished = 0;
        bool diverged = !model.Parameters().All(parameter => IsFinite(parameter.Tensor));
        for (int i = 0; i < lengths && !diverged; i++)
        {
            var (_, problems, exercises) = _tests[i];
            try
            {
                string[] written = Written(transformer, problems, cancellation);
                exact[i] = written.Zip(problems, (text, problem) => ProblemWriter.ResultOf(text) == _writer.Result(problem) ? 1.0 : 0).Average();
                whole[i] = written.Zip(problems, (text, problem) => text == _writer.Solution(problem) ? 1.0 : 0).Average();
                unfinished += written.Count(text => ProblemWriter.ResultOf(text) is null) / (double)(problems.Length * lengths);
                bool[][] right = exercises.Evaluate(model, cancellation).IsLikeliest;
                characters[i] = right.SelectMany(solution => solution).Average(isRight => isRight ? 1.0 : 0);
                independent[i] = right.Average(solution => Math.Pow(characters[i], solution.Length));
            }
            catch (NonFiniteException)
            {
                diverged = true;
            }
        }
        if (diverged)
            unfinished = 1;
        double[] horizons = [.. _tests.Select(test => (double)test.Digits)];
        var scalars = new Dictionary<string, double>
        {
            ["teacher-forced accuracy"] = characters[.._settings.Digits].Average(),
            ["whole solution right"] = whole[.._settings.Digits].Average(),
            ["unfinished"] = unfinished,
            ["diverged"] = diverged ? 1 : 0,
        };
        if (_settings.Beyond > 0)
            scalars["exact match beyond"] = exact[_settings.Digits..].Average();
        return new Deployment(
            exact[.._settings.Digits].Average(),
            [
                new HorizonCurve("exact match", horizons, exact), new HorizonCurve("whole solution right", horizons, whole),
                new HorizonCurve("teacher-forced accuracy", horizons, characters),
                new HorizonCurve("whole solution right if errors were independent", horizons, independent),
            ],
            scalars);
    }

    private static bool IsFinite(Tensor tensor)
    {
        foreach (float value in tensor.On(Device.Cpu).ReadOnlyValues<float>())
        {
            if (!float.IsFinite(value))
                return false;
        }
        return true;
    }

    private static string Fingerprint(int[] text) =>
        Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Runtime.InteropServices.MemoryMarshal.AsBytes(text.AsSpan())));

    private (StateDict Weights, double Loss) Pretrained(
        Philox generator, int examples, Func<Module, int[], Tensor> loss, IProgress<double>? progress, CancellationToken cancellation)
    {
        const int BatchSize = 64;
        var model = New(generator.Split("pretrained model"));
        double last = AuxiliaryTraining.Run(
            model, _settings.PretrainingRate, _settings.PretrainingSteps, BatchSize, examples, indices => loss(model, indices), generator.Split("pretraining"),
            progress, cancellation);
        return (model.StateDict(), last);
    }

    private Transformer New(Philox generator) => (Transformer)new Transformer(_options).Initialize(generator);

    /// <summary>What the model writes for each problem, with the end where it comes to one; at most half as long again as the longest right solution.</summary>
    private string[] Written(Transformer model, Problem[] problems, CancellationToken cancellation)
    {
        var writer = Writing(model, problems.Length);
        int[][] questions = [.. problems.Select(problem => _alphabet.Tokens(_writer.Question(problem)))];
        int longest = problems.Max(problem => _writer.Solution(problem).Length);
        int end = _alphabet.End;
        var solutions = writer.Generate(questions, longest + (longest / 2), new Philox(0), (_, tokens) => tokens[^1] == end, cancellation);
        return [.. solutions.Select(_alphabet.Text)];
    }

    private static TokenGenerator Writing(Transformer model, int texts) =>
        new(model, new SamplingOptions { Temperature = 0 }, sequences: Math.Min(SideBySide, texts));

    private Tensor LossOfText(Module model, int[] text, int[] starts)
    {
        int length = _options.ContextLength;
        int[] inputs = [.. starts.SelectMany(start => text.AsSpan(start, length).ToArray())];
        int[] targets = [.. starts.SelectMany(start => text.AsSpan(start + 1, length).ToArray())];
        var logits = model.Forward(Tensor.From(inputs, [starts.Length, length]));
        return Loss.CrossEntropy(logits.Reshape([inputs.Length, _alphabet.Count]), Tensor.From(targets, [targets.Length]));
    }

    /// <summary>Of the longest problem: all nines, and of as many digits.</summary>
    private int LongestText(int digits)
    {
        var nines = System.Numerics.BigInteger.Pow(10, digits) - 1;
        var problem = new Problem(nines, nines);
        int question = _writer.Question(problem).Length, solution = _writer.Solution(problem).Length;
        return question + solution + (solution / 2);
    }

    private FindingSection Note()
    {
        var problem = _tests[_settings.Digits - 1].Problems[0];
        string before = _settings.Pretraining switch
        {
            Pretraining.ShortProblems =>
                $" Every model begins with the same weights, pretrained on problems of up to {_settings.PretrainingDigits} digits (loss {_startLoss:G3}).",
            Pretraining.Text => $" Every model begins with the same weights, pretrained on the Brown corpus (loss {_startLoss:G3}).",
            _ => "",
        };
        return new FindingSection(
            "What the model is asked",
            $"Given {_writer.Question(problem)} it is to write {_writer.Solution(problem)} The result stands after {ProblemWriter.ResultMark}. Exact match "
            + "counts right results of problems that no training example holds, written one likeliest character after another; teacher-forced "
            + "accuracy counts single "
            + $"characters after right ones.{before}");
    }
}
