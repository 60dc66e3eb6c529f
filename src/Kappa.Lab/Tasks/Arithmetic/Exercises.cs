namespace Kappa.Lab.Tasks.Arithmetic;

/// <summary>Problems with their solutions, as tokens to train on.</summary>
internal sealed class Exercises
{
    private const int Uncounted = -1;
    private const int MostDraws = 100_000;
    private static readonly CrossEntropyOptions Counted = new() { IgnoreIndex = Uncounted };
    private readonly Exercise[] _all;

    private Exercises(Exercise[] all) => _all = all;

    internal int Count => _all.Length;

    /// <summary>Draws problems, as many of each number of digits, of those that are held out or of the others.</summary>
    internal static Problem[] Draw(int count, int fewestDigits, int mostDigits, bool isHeldOut, Philox generator)
    {
        var problems = new Problem[count];
        for (int i = 0; i < count; i++)
        {
            int digits = fewestDigits + (i % (mostDigits - fewestDigits + 1)), draws = 0;
            do
            {
                problems[i] = Problem.Draw(digits, generator);
            }
            while (problems[i].IsHeldOut != isHeldOut && ++draws < MostDraws);
        }
        return problems;
    }

    internal static Exercises Of(IEnumerable<Problem> problems, ProblemWriter writer, Alphabet alphabet) => new([.. problems.Select(problem =>
    {
        string question = writer.Question(problem);
        int[] tokens = alphabet.Tokens(question + writer.Solution(problem));
        return new Exercise(tokens, tokens, question.Length);
    })]);

    /// <summary>The first of them.</summary>
    internal Exercises First(int count) => new(_all[..Math.Min(count, Count)]);

    /// <summary>The same, where the model sees some characters of the solutions replaced by other characters of solutions; what it is to say stays.</summary>
    /// <param name="share">The share that is replaced.</param>
    /// <param name="generator">Draws which, and by what; it advances.</param>
    internal Exercises Perturbed(double share, Philox generator)
    {
        int[] characters = [.. _all.SelectMany(exercise => exercise.Tokens[exercise.Counted..])];
        return new([.. _all.Select(exercise =>
        {
            int[] seen = [.. exercise.Tokens];
            for (int i = exercise.Counted; i < seen.Length; i++)
            {
                if (generator.NextDouble() < share)
                    seen[i] = characters[generator.NextInt32(characters.Length)];
            }
            return exercise with { Seen = seen };
        })]);
    }

    /// <summary>The same, where the model sees its own first characters of each solution in the place of the right ones, and only what comes then
    /// counts.</summary>
    /// <param name="count">How many characters of its own.</param>
    /// <param name="write">What the model writes after each of the beginnings.</param>
    internal Exercises AfterOwn(int count, Func<int[][], IReadOnlyList<int[]>> write)
    {
        Exercise[] longEnough = [.. _all.Where(exercise => exercise.Tokens.Length > exercise.Counted + count)];
        var own = write([.. longEnough.Select(exercise => exercise.Tokens[..exercise.Counted])]);
        return new([.. longEnough.Zip(own, (exercise, written) =>
        {
            int[] seen = [.. exercise.Tokens];
            written.CopyTo(seen, exercise.Counted);
            return exercise with { Seen = seen, Counted = exercise.Counted + count };
        })]);
    }

    /// <summary>All as one batch: what the model reads, <c>[n, positions]</c>, and what it is to say behind each position, <c>[n positions]</c>, -1 where
    /// nothing is asked.</summary>
    internal (Tensor Inputs, Tensor Targets) All() => Batch(Enumerable.Range(0, Count).ToArray());

    /// <summary>The mean cross-entropy of the characters of all solutions, recorded for differentiation.</summary>
    internal Tensor Loss(Module model) => Loss(model, Enumerable.Range(0, Count).ToArray());

    /// <summary>The mean cross-entropy of the characters of the solutions.</summary>
    internal Tensor Loss(Module model, ReadOnlySpan<int> indices)
    {
        var (inputs, targets) = Batch(indices);
        return Networks.Loss.CrossEntropy(Logits(model, inputs), targets.On(model.Device), Counted);
    }

    /// <summary>The same over all, and which characters of each solution are the likeliest ones.</summary>
    /// <exception cref="NonFiniteException">The model's outputs are not finite.</exception>
    internal (double Loss, bool[][] IsLikeliest) Evaluate(Module model, CancellationToken cancellation)
    {
        const int BatchSize = 64;
        double loss = 0;
        long characters = 0;
        var likeliest = new List<bool[]>(Count);
        using var quiet = NoGradient.Begin();
        model.Eval();
        for (int start = 0; start < Count; start += BatchSize)
        {
            cancellation.ThrowIfCancellationRequested();
            using var scope = TensorScope.Begin();
            int[] indices = [.. Enumerable.Range(start, Math.Min(BatchSize, Count - start))];
            var (inputs, targets) = Batch(indices);
            var logits = Logits(model, inputs);
            var labels = targets.ReadOnlyValues<int>();
            int counted = labels.Length - labels.Count(Uncounted);
            loss += Networks.Loss.CrossEntropy(logits, targets.On(logits.Device), Counted).ToDouble() * counted;
            if (!double.IsFinite(loss))
                throw new NonFiniteException($"the loss of the examples is {loss}: the model's outputs are not finite");
            characters += counted;
            var chosen = logits.ArgMax().On(Device.Cpu).ReadOnlyValues<int>();
            for (int row = 0; row < indices.Length; row++)
            {
                var (tokens, _, question) = _all[indices[row]];
                bool[] right = new bool[tokens.Length - question];
                for (int i = 0; i < right.Length; i++)
                {
                    int place = (row * inputs.Shape[1]) + question - 1 + i;
                    right[i] = chosen[place] == labels[place];
                }
                likeliest.Add(right);
            }
        }
        return (loss / characters, [.. likeliest]);
    }

    private static Tensor Logits(Module model, Tensor inputs)
    {
        var logits = model.ForwardThere(inputs);
        return logits.Reshape([inputs.Count, logits.Shape[2]]);
    }

    /// <summary>Inputs and targets, as long as the longest; what follows a solution, and the question itself, do not count.</summary>
    private (Tensor Inputs, Tensor Targets) Batch(ReadOnlySpan<int> indices)
    {
        int length = 0;
        foreach (int index in indices)
            length = Math.Max(length, _all[index].Tokens.Length - 1);
        int[] inputs = new int[indices.Length * length], targets = new int[inputs.Length];
        targets.AsSpan().Fill(Uncounted);
        for (int row = 0; row < indices.Length; row++)
        {
            var (tokens, seen, question) = _all[indices[row]];
            seen.AsSpan(0, seen.Length - 1).CopyTo(inputs.AsSpan(row * length));
            tokens.AsSpan(question).CopyTo(targets.AsSpan((row * length) + question - 1));
        }
        return (Tensor.From(inputs, [indices.Length, length]), Tensor.From(targets, [inputs.Length]));
    }

    /// <param name="Tokens">Question and right solution.</param>
    /// <param name="Seen">What the model reads of them.</param>
    /// <param name="Counted">Where what it is to say begins.</param>
    private sealed record Exercise(int[] Tokens, int[] Seen, int Counted);
}
