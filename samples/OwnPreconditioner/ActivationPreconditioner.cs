using Kappa.Tensors;

namespace OwnPreconditioner;

/// <summary>
/// Turns the gradient G of a linear layer's weight into M = G (S + tau I)^-1, with S = Z^T Z / n the second moment of the inputs Z that the layer saw, and
/// tau = gamma tr(S) / in + floor. Whoever reads the gradient, an optimizer for example, sees M.
/// </summary>
internal sealed class ActivationPreconditioner : IWeightObserver, IDisposable
{
    private readonly WeightObservation _observation;
    private readonly double _gamma;
    private readonly double _floor;
    private readonly int _inputs;
    private double[] _sum;
    private long _rows;

    public ActivationPreconditioner(Tensor weight, double gamma, double floor)
    {
        (_gamma, _floor, _inputs) = (gamma, floor, weight.Shape[1]);
        _sum = new double[_inputs * _inputs];
        _observation = weight.Observe(this);
    }

    public bool ChangesGradient => true;

    public bool Observe(WeightUse use)
    {
        if (use is not LinearUse linear)
            throw new NotSupportedException($"a weight of a linear layer was expected; it is used in another way as well ({use.GetType().Name})");
        using var scope = TensorScope.Begin();
        var z = linear.Input.To(DataType.Float64);
        double[] products = z.MatMul(z, transposeA: true).ToArray<double>();
        for (int i = 0; i < products.Length; i++)
            _sum[i] += products[i];
        _rows += z.Shape[0];
        // The operation forms G itself, as it would without an observer.
        return false;
    }

    public void CompleteGradient(Tensor weight)
    {
        if (_rows == 0)
            return;
        double trace = Enumerable.Range(0, _inputs).Sum(i => _sum[(i * _inputs) + i]) / _rows;
        double tau = (_gamma * trace / _inputs) + _floor;
        double[] matrix = Array.ConvertAll(_sum, value => value / _rows);
        for (int i = 0; i < _inputs; i++)
            matrix[(i * _inputs) + i] += tau;
        using var scope = TensorScope.Begin();
        var gradient = _observation.GradientToWrite(out _);
        double[] rows = gradient.To(DataType.Float64).ToArray<double>();
        SymmetricSolver.SolveRows(matrix, _inputs, rows);
        gradient.CopyFromInPlace(Tensor.From(rows, gradient.Shape).To(gradient.DataType));
    }

    public void Reset(Tensor weight)
    {
        _sum = new double[_inputs * _inputs];
        _rows = 0;
    }

    public void Dispose() => _observation.Dispose();
}
