using MathNet.Numerics.LinearAlgebra;

namespace Kappa.Lab.Tests.Experiments.Reinforcement;

/// <summary>A point mass on a line, pushed to the origin: linear, with a quadratic price, so that the best return is known.</summary>
internal sealed class PointMass : ControlEnvironment
{
    private const double Interval = 0.3;
    private const double PriceOfSpeed = 0.1;
    private const double PriceOfForce = 0.1;
    private double _position;
    private double _speed;

    public override int ObservationSize => 2;

    public override int ActionSize => 1;

    internal (double Position, double Speed) Start { get; private set; }

    public override void Reset(Philox generator, Span<float> observation)
    {
        Start = (_position, _speed) = (generator.NextNormal(), generator.NextNormal());
        Observe(observation);
    }

    public override (double Reward, bool IsOver) Step(ReadOnlySpan<float> action, Span<float> observation)
    {
        double price = (_position * _position) + (PriceOfSpeed * _speed * _speed) + (PriceOfForce * action[0] * action[0]);
        (_position, _speed) = (_position + (Interval * _speed), _speed + (Interval * action[0]));
        Observe(observation);
        return (-price, false);
    }

    /// <summary>The best return of an episode: Riccati's recursion backwards from its end.</summary>
    internal static double BestReturn((double Position, double Speed) start, int horizon)
    {
        var a = Matrix<double>.Build.DenseOfArray(new[,] { { 1, Interval }, { 0, 1 } });
        var b = Matrix<double>.Build.DenseOfArray(new[,] { { 0 }, { Interval } });
        var q = Matrix<double>.Build.DenseOfDiagonalArray([1, PriceOfSpeed]);
        var p = Matrix<double>.Build.Dense(2, 2);
        for (int step = 0; step < horizon; step++)
        {
            var gain = b.Transpose() * p * a / (PriceOfForce + (b.Transpose() * p * b)[0, 0]);
            p = q + (a.Transpose() * p * a) - (a.Transpose() * p * b * gain);
        }

        var x = Vector<double>.Build.Dense([start.Position, start.Speed]);
        return -(x * p * x);
    }

    /// <summary>The return of doing nothing.</summary>
    internal static double IdleReturn((double Position, double Speed) start, int horizon)
    {
        double sum = 0, position = start.Position;
        for (int step = 0; step < horizon; step++, position += Interval * start.Speed)
            sum -= (position * position) + (PriceOfSpeed * start.Speed * start.Speed);
        return sum;
    }

    private void Observe(Span<float> observation) => (observation[0], observation[1]) = ((float)_position, (float)_speed);
}
