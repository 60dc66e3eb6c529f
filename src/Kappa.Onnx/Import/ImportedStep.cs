using Kappa.Onnx.Operators;
using Kappa.Onnx.Values;

namespace Kappa.Onnx.Import;

/// <summary>One node of an imported model, ready to run.</summary>
/// <param name="Place">Where it is in the file, for messages.</param>
/// <param name="Run">What it does.</param>
/// <param name="Inputs">The slots that it reads; -1 where an input is left out.</param>
/// <param name="Outputs">The slots that it writes; -1 where an output is not asked for.</param>
internal sealed record ImportedStep(string Place, Operator Run, int[] Inputs, int[] Outputs)
{
    /// <summary>The part of the model that holds its weights, where it is theirs alone and has one input beside them.</summary>
    internal OnnxPart? Part { get; set; }

    /// <summary>Which of its inputs that is.</summary>
    internal int PartInput { get; init; }

    /// <summary>Slots that nothing reads after it.</summary>
    internal int[] LastReads { get; set; } = [];

    /// <summary>Runs it, and says where a fault arose.</summary>
    internal Value[] Execute(Value?[] inputs, bool isTraining)
    {
        try
        {
            if (Part is not null && inputs[PartInput] is Numbers numbers)
                return [new Numbers(Part.Forward(numbers.Tensor))];
            return Run(new OperatorCall(inputs, isTraining, int.MaxValue));
        }
        catch (TensorShapeException error) when (!error.Message.StartsWith("node ", StringComparison.Ordinal))
        {
            throw new TensorShapeException($"{Place}: {error.Message}");
        }
    }
}
