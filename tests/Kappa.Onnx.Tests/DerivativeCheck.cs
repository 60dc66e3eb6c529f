namespace Kappa.Onnx.Tests;

/// <summary>Hessian products of an imported model beside central differences of its gradients.</summary>
internal static class DerivativeCheck
{
    private const double Step = 1e-3;

    /// <summary>Checks one product, along a random direction in the input.</summary>
    internal static void Require(string name, Module model, Tensor input)
    {
        using var scope = TensorScope.Begin();
        var x = input.To(DataType.Float32);
        x.RequiresGradient = true;
        Tensor[] leaves = [x, .. model.Parameters().Select(parameter => parameter.Tensor)];
        Tensor[] directions = [.. leaves.Select((leaf, i) => Tensor.Normal(leaf.Shape, new Philox((ulong)(i + 20))))];
        IReadOnlyList<Tensor> product;
        using (var recorded = new RecordedFunction(() => Loss(model, x), leaves))
            product = recorded.HessianProduct(directions).Products;
        var above = Gradient(model, leaves, directions, Step);
        var below = Gradient(model, leaves, directions, -Step);
        double size = 0, difference = 0;
        for (int i = 0; i < leaves.Length; i++)
        {
            float[] got = product[i].ToArray<float>();
            for (int j = 0; j < got.Length; j++)
            {
                double expected = (above[i][j] - below[i][j]) / (2 * Step);
                size = Math.Max(size, Math.Abs(expected));
                difference = Math.Max(difference, Math.Abs(expected - got[j]));
            }
        }

        Assert.True(difference <= 0.03 * Math.Max(size, 1), $"{name}: Hessian product differs by {difference:G3} of {size:G3}");
    }

    private static Tensor Loss(Module model, Tensor x)
    {
        var y = model.Forward(x);
        var weights = Tensor.Normal(y.Shape, new Philox(5));
        // Curved, so that second derivatives of the operators and of what is behind them both count.
        return ((y * weights).Sum() * 0.5) + ((y * y).Sum() * 0.1);
    }

    private static float[][] Gradient(Module model, Tensor[] leaves, Tensor[] directions, double step)
    {
        float[][] kept = [.. leaves.Select(leaf => leaf.ToArray<float>())];
        for (int i = 0; i < leaves.Length; i++)
        {
            using var moved = Tensor.From(kept[i], leaves[i].Shape) + (directions[i] * step);
            leaves[i].CopyFromInPlace(moved);
        }

        float[][] result;
        using (var recorded = new RecordedFunction(() => Loss(model, leaves[0]), leaves))
            result = [.. recorded.Gradient().Select(gradient => gradient.ToArray<float>())];
        for (int i = 0; i < leaves.Length; i++)
        {
            using var back = Tensor.From(kept[i], leaves[i].Shape);
            leaves[i].CopyFromInPlace(back);
        }

        return result;
    }
}
