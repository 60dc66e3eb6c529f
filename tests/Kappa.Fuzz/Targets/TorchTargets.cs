using Kappa.TorchSharp.State;

namespace Kappa.Fuzz.Targets;

/// <summary>State of optimizers in files of TorchSharp's.</summary>
internal static class TorchTargets
{
    internal static IReadOnlyList<FuzzTarget> All { get; } =
    [
        new("torch-state", Read)
        {
            Readers = ["StateBytes.Read"], Refusals = [typeof(InvalidDataException)],
            Seeds = () => [("state", Written(Example()))],
        },
    ];

    private static string Read(FuzzInput input)
    {
        using var reader = new BinaryReader(new MemoryStream(input.Bytes));
        var state = StateBytes.Read(reader);
        byte[] written = Written(state);
        using var again = new BinaryReader(new MemoryStream(written));
        UnfaithfulException.Require("a second writing", written, Written(StateBytes.Read(again)));
        return $"{state.Numbers.Count} {state.Tensors.Count()}";
    }

    private static OptimizerState Example()
    {
        var state = new OptimizerState("AdamW");
        state.Add("step_count", 3);
        state.Tensors.Add("0.weight.first_moment", Tensor.From([1f, 2, 3, 4], [2, 2]));
        state.Tensors.Add("counts", Tensor.From([1L, 2], [2]));
        return state;
    }

    private static byte[] Written(OptimizerState state)
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        StateBytes.Write(writer, state);
        writer.Flush();
        return stream.ToArray();
    }
}
