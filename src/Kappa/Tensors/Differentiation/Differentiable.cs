namespace Kappa.Tensors.Differentiation;

/// <summary>A function written out in operations, whose derivatives stand in for those that a kernel does not have.</summary>
internal sealed class Differentiable : IDisposable
{
    private readonly Tensor[] _leaves;
    private readonly RecordedFunction _function;

    private Differentiable(Func<Tensor[], Tensor> function, Tensor[] leaves)
    {
        _leaves = leaves;
        _function = new RecordedFunction(() => function(leaves), leaves);
    }

    /// <summary>Runs a function at some inputs.</summary>
    internal static Differentiable Of(Func<Tensor[], Tensor> function, params Tensor[] inputs)
    {
        var leaves = Array.ConvertAll(inputs, input => input.Detach());
        foreach (var leaf in leaves)
            leaf.RequiresGradient = true;
        return new Differentiable(function, leaves);
    }

    /// <summary>The value.</summary>
    internal Tensor Value => _function.Value;

    /// <summary>Adds the gradients of the inputs at which a result is.</summary>
    internal void AddVjp(Tensor gradient, Tensor?[] results)
    {
        using var shaped = gradient.Alias(Value.Shape);
        Add(_function.Vjp(shaped), results);
    }

    /// <summary>The tangents of the value along those of the inputs; what is absent does not move.</summary>
    internal Tensor Jvp(int count, Tensor?[] tangents) => _function.Jvp([.. tangents.Select((tangent, i) =>
        tangent?.Alias(_leaves[i].Shape.Prepend(count)) ?? _leaves[i].NewZeros(_leaves[i].Shape.Prepend(count)))]);

    /// <summary>Adds how the gradients of the inputs, at which a result is, change along the tangents of the inputs and that of the gradient, each of which may
    /// be absent.</summary>
    internal void AddVjpTangent(int count, Tensor? gradient, Tensor? gradientTangent, Tensor?[] tangents, Tensor?[] results)
    {
        using var atValue = gradient?.Alias(Value.Shape);
        using var change = gradientTangent?.Alias(Value.Shape.Prepend(count));
        Tensor?[] shaped = [.. tangents.Select((tangent, i) => tangent?.Alias(_leaves[i].Shape.Prepend(count)))];
        Add(_function.VjpTangent(count, atValue, change, shaped), results);
    }

    public void Dispose()
    {
        _function.Dispose();
        // They were kept, as all leaves are.
        foreach (var leaf in _leaves)
            leaf.Dispose();
    }

    private static void Add(IReadOnlyList<Tensor> found, Tensor?[] results)
    {
        for (int i = 0; i < results.Length; i++)
        {
            if (results[i] is not { } result)
                continue;
            using var share = found[i].Alias(result.Shape);
            result.Backend.Binary(Kernels.BinaryKernel.Add, result, share, result);
        }
    }
}
