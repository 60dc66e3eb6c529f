using Kappa.LinearAlgebra.Arithmetic;
using Kappa.Networks;
using Kappa.Optimizers;
using Kappa.Tensors;

namespace Kappa.Isometry;

/// <summary>One weight under the penalty: its settings, and how its step is found.</summary>
internal sealed class PenalizedMatrix
{
    // Enough for the best quintics to reach rounding error from singular values of a thousandth of the norm.
    private const int PolarSteps = 10;

    private readonly IsometryOptions _options;
    private readonly double _factor;
    private long _applications;
    private long _boundedSteps;
    private long _zeroSteps;

    internal PenalizedMatrix(int index, Parameter parameter, IsometryOptions options)
    {
        (Index, Parameter, _options) = (index, parameter, options);
        Rows = parameter.Tensor.Shape[0];
        Columns = parameter.Tensor.Count / Rows;
        Strength = options.StrengthOf(parameter.Name);
        Target = options.TargetOf(Rows, Columns);
        _factor = options.FactorOf(Rows, Columns);
    }

    internal int Index { get; }

    internal Parameter Parameter { get; }

    internal int Rows { get; }

    internal int Columns { get; }

    internal double Strength { get; }

    internal double Target { get; }

    internal IsometryStatus Status => new(Parameter.Name, Rows, Columns, Strength, Target, _applications, _boundedSteps, _zeroSteps);

    /// <summary>lambda dR/dW, for the gradient of the task to be added to.</summary>
    internal Tensor Gradient(out double scale)
    {
        _applications++;
        scale = Strength * _factor;
        var matrix = GramMatrix.AsMatrix(Parameter.Tensor);
        var gram = GramMatrix.Of(matrix);
        NoteZero(GramMatrix.Trace(gram));
        GramMatrix.SubtractFromDiagonal(gram, Target);
        return Product(matrix, gram);
    }

    /// <summary>A direction D, of the weight's shape, the size c and the share k of the weight for which k W - c D is the step.</summary>
    internal (Tensor Direction, double Size, double Kept) Direction(double rate)
    {
        _applications++;
        var matrix = GramMatrix.AsMatrix(Parameter.Tensor);
        double size = rate * Strength * _factor;
        return _options.Variant == IsometryVariant.NewtonSchulz ? Pull(matrix, size) : Descent(matrix, size);
    }

    /// <summary>
    /// A singular value x goes to x (1 - c (x^2 - s)). With c max(s, x_max^2) at 1/2 or less, every one moves towards sqrt(s) and none passes it; at 1/2 near
    /// the target this is the cubic iteration of Newton and Schulz. Any larger step is cut to that.
    /// </summary>
    private (Tensor Direction, double Size, double Kept) Descent(Tensor matrix, double size)
    {
        var gram = GramMatrix.Of(matrix);
        double trace = GramMatrix.Trace(gram);
        NoteZero(trace);
        if (trace <= (matrix.DataType == DataType.Float32 ? 1e22 : 1e200))
            return Bounded(matrix, gram, scale: 1, size);
        int bad = Parameter.Tensor.FirstNonFinite();
        if (bad >= 0)
        {
            throw new NonFiniteException(
                $"the isometry penalty: {Parameter.Name} {Parameter.Tensor.Shape} holds {Parameter.Tensor.ElementAsDouble(bad)}. Load the last checkpoint, and "
                + "lower the learning rate");
        }

        // Third powers of singular values are about to overflow.
        double scale = GramPenalty.ScaleOf(matrix);
        var scaled = GramPenalty.Scaled(matrix, scale);
        return Bounded(scaled, GramMatrix.Of(scaled), scale, size);
    }

    /// <summary>The step from b W and its Gram matrix in the place of W: b^2 s in that of s and c / b^2 in that of c give a direction that is b times as
    /// large.</summary>
    private (Tensor Direction, double Size, double Kept) Bounded(Tensor matrix, Tensor gram, double scale, double size)
    {
        double target = Target * scale * scale, trace = GramMatrix.Trace(gram);
        if (size / scale / scale * Math.Max(trace, target) > 0.5)
        {
            // The trace costs nothing but is far above the largest eigenvalue; the row sums are closer.
            double largest = Math.Min(trace, GramMatrix.LargestRowSum(gram));
            double limit = 0.5 / Math.Max(largest, target) * scale * scale;
            if (size > limit)
            {
                NoteBound($"a step of {size:G3} times W (Gram - s I) would overshoot, for singular values of up to {Math.Sqrt(largest) / scale:G3}; it was cut "
                    + $"to {limit:G3}");
                size = limit;
            }
        }

        GramMatrix.SubtractFromDiagonal(gram, target);
        return (Product(matrix, gram), size / scale / scale / scale, 1);
    }

    /// <summary>W - sqrt(s) U V^T for W = U S V^T. Near an isometry the gradient step takes the share 2 s c of it, and so does this.</summary>
    private (Tensor Direction, double Size, double Kept) Pull(Tensor matrix, double size)
    {
        double share = 2 * Target * size;
        if (share > 1)
        {
            NoteBound($"a pull by {share:G3} of the way would overshoot; it goes the whole way");
            share = 1;
        }

        var direction = Parameter.Tensor.Clone();
        var polar = NewtonSchulz.Orthogonalize(direction.Alias(matrix.Shape), PolarSteps, Orthogonalization.PolarExpress);
        NoteZero(matrix.Backend.LargestMagnitude(matrix));
        // Apart, since the difference of a large weight and its target would round the target away.
        return (polar.Alias(Parameter.Tensor.Shape), -share * Math.Sqrt(Target), 1 - share);
    }

    private Tensor Product(Tensor matrix, Tensor deviation)
    {
        var direction = Parameter.Tensor.New(Parameter.Tensor.Shape);
        GramMatrix.Multiply(matrix, deviation, direction.Alias(matrix.Shape), accumulate: false);
        return direction;
    }

    private void NoteZero(double size)
    {
        if (size == 0 && Parameter.Tensor.Backend.LargestMagnitude(Parameter.Tensor) == 0 && _zeroSteps++ == 0)
        {
            _options.OnWarning?.Invoke(
                $"isometry: {Parameter.Name} is zero, where the penalty's gradient is zero: it cannot move this weight before the task does. Initialise it "
                + "with OrthogonalInitializer, or exclude it");
        }
    }

    private void NoteBound(string what)
    {
        if (_boundedSteps++ == 0)
            _options.OnWarning?.Invoke($"isometry: {Parameter.Name}: {what}. A smaller Strength or LearningRate needs no bound");
    }
}
