using Kappa.Units;

namespace Kappa.Rescaling;

/// <summary>Numbers the units that may be rescaled, layer by layer, from 1; 0 stands for everything whose scale is 1.</summary>
internal sealed class UnitIndex
{
    private readonly UnitLabels _labels;
    private readonly int[] _unitOf;

    internal UnitIndex(UnitWalk walk)
    {
        _labels = walk.Labels;
        _unitOf = new int[_labels.Count];
        foreach (var layer in walk.Layers)
        {
            foreach (int label in layer.Labels)
            {
                int root = _labels.Find(label);
                if (_unitOf[root] == 0 && !_labels.IsFrozen(root))
                    _unitOf[root] = ++Count;
            }
        }
    }

    /// <summary>How many units there are; they are numbered 1 to this.</summary>
    internal int Count { get; private set; }

    internal int Of(int label) => _unitOf[_labels.Find(label)];

    internal int[] Of(int[] labels) => Array.ConvertAll(labels, Of);
}
