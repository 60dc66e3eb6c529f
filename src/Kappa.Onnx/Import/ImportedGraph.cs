using Kappa.Onnx.Values;
using Kappa.Tensors.Differentiation;

namespace Kappa.Onnx.Import;

/// <summary>The nodes of an imported model in order, and the slots that their values lie in.</summary>
/// <param name="steps">The nodes.</param>
/// <param name="known">The slots that hold the same whatever the model is run on: weights and constants.</param>
/// <param name="slots">How many there are.</param>
/// <param name="inputs">The slot of each input, by name.</param>
/// <param name="output">The slot of the output.</param>
internal sealed class ImportedGraph(
    IReadOnlyList<ImportedStep> steps, IReadOnlyDictionary<int, Value> known, int slots, IReadOnlyDictionary<string, int> inputs, int output)
{
    internal IReadOnlyList<ImportedStep> Steps => steps;

    /// <summary>The inputs that the output depends on.</summary>
    internal IEnumerable<string> Inputs => inputs.Keys;

    /// <summary>Runs all nodes.</summary>
    /// <param name="given">The value of each input.</param>
    /// <param name="isTraining">Whether batch normalisations use the statistics of the batch, and move theirs.</param>
    internal Value Run(IReadOnlyDictionary<string, Value> given, bool isTraining)
    {
        var values = new Value?[slots];
        foreach (var (slot, value) in known)
            values[slot] = value;
        foreach (var (name, slot) in inputs)
            values[slot] = given[name];
        bool isKept = Recording.IsActive || ForwardProbe.IsActive;
        var own = new HashSet<Tensor>(ReferenceEqualityComparer.Instance);
        foreach (var step in steps)
        {
            var read = new Value?[step.Inputs.Length];
            for (int i = 0; i < read.Length; i++)
                read[i] = step.Inputs[i] < 0 ? null : values[step.Inputs[i]];
            var made = step.Execute(read, isTraining);
            for (int i = 0; i < step.Outputs.Length; i++)
            {
                if (step.Outputs[i] < 0)
                    continue;
                values[step.Outputs[i]] = Owned(made[i], read, own);
            }

            // What is recorded is read again by derivatives, and what is shown to somebody by them.
            if (!isKept)
                Release(step, values, own);
        }

        return values[output]!;
    }

    /// <summary>A node that gives what it took gives a tensor of its own that shares the memory, so that each slot can be let go by itself.</summary>
    private static Value Owned(Value made, Value?[] read, HashSet<Tensor> own)
    {
        if (made is not Numbers { Tensor: var tensor })
            return made;
        if (Array.Exists(read, value => value is Numbers numbers && ReferenceEquals(numbers.Tensor, tensor)))
            tensor = tensor.Reshape(tensor.Shape);
        _ = own.Add(tensor);
        return new Numbers(tensor);
    }

    /// <summary>Gives back the memory of what nothing reads any more.</summary>
    private static void Release(ImportedStep step, Value?[] values, HashSet<Tensor> own)
    {
        foreach (int slot in step.LastReads)
        {
            if (values[slot] is Numbers { Tensor: var tensor } && own.Remove(tensor))
                tensor.Dispose();
            values[slot] = null;
        }
    }
}
