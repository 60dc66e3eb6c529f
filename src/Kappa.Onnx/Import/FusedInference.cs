using Kappa.Onnx.Operators;
using Kappa.Onnx.Values;
using Kappa.Tensors.Kernels;

namespace Kappa.Onnx.Import;

/// <summary>A convolution with the batch normalisation and the activation behind it, as one operation where nothing is recorded: the same numbers, in fewer
/// passes over memory.</summary>
/// <param name="Convolution">The convolution with what follows it.</param>
/// <param name="Behind">The step of the normalisation.</param>
/// <param name="Normalization">What the normalisation does to each channel.</param>
/// <param name="Activation">What follows it.</param>
/// <param name="Output">The slot of the last result.</param>
internal sealed record FusedInference(
    Func<OperatorCall, ChannelNormalization, Activation, Value[]> Convolution, ImportedStep Behind, Func<OperatorCall, ChannelNormalization> Normalization,
    Activation Activation, int Output)
{
    /// <summary>Finds the convolutions of a graph that are followed so, and tells them and what they take over.</summary>
    /// <param name="steps">The steps in order, each with its node.</param>
    /// <param name="isKnown">Whether a slot holds the same whatever the model is run on.</param>
    /// <param name="output">The slot of the model's output.</param>
    internal static void Mark(IReadOnlyList<(ImportedStep Step, NodeReader Node)> steps, Func<int, bool> isKnown, int output)
    {
        var readers = steps.SelectMany(entry => entry.Step.Inputs, (entry, slot) => (slot, entry)).Where(read => read.slot >= 0)
            .ToLookup(read => read.slot, read => read.entry);
        (ImportedStep Step, NodeReader Node)? OnlyReader(ImportedStep step)
        {
            int slot = step.Outputs[0];
            return slot != output && readers[slot].ToArray() is [var only] && only.Step.Inputs[0] == slot && only.Step.Outputs.Length == 1 ? only : null;
        }

        foreach (var (step, node) in steps)
        {
            if (node.Inference is not { } convolution || node.Fused != Activation.Identity || step.Outputs.Length != 1
                || OnlyReader(step) is not var (behind, normalization) || normalization.Normalization is not { } lines || !behind.Inputs.Skip(1).All(isKnown))
            {
                continue;
            }

            var last = OnlyReader(behind) is var (next, relu) && relu.Kind == "Relu" ? next : null;
            step.Inference = new FusedInference(
                convolution, behind, lines, last is null ? Activation.Identity : Activation.Relu, (last ?? behind).Outputs[0]);
            behind.TakenOver = step.Inference;
            if (last is not null)
                last.TakenOver = step.Inference;
        }
    }

    /// <summary>Whether the normalisation is in evaluation mode.</summary>
    internal bool IsReady => Behind.Part is not { Training: true };

    /// <summary>Runs all of it.</summary>
    /// <param name="call">The inputs of the convolution.</param>
    /// <param name="values">The slots of the graph.</param>
    internal Value[] Run(OperatorCall call, Value?[] values)
    {
        var read = Array.ConvertAll(Behind.Inputs, slot => slot < 0 ? null : values[slot]);
        return Convolution(call, Normalization(new OperatorCall(read, false, int.MaxValue)), Activation);
    }
}
