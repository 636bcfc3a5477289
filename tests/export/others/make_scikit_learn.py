"""Makes the ONNX files of scikit-learn's networks here; needs scikit-learn and skl2onnx."""

import warnings
from pathlib import Path

import numpy as np
from skl2onnx import to_onnx
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

HERE = Path(__file__).parent


def main() -> None:
    warnings.simplefilter("ignore")  # that training has not converged
    rng = np.random.default_rng(0)
    plane = rng.uniform(-6, 6, (200, 2)).astype(np.float32)
    four = rng.normal([5.8, 3.1, 3.8, 1.2], [0.8, 0.4, 1.8, 0.8], (150, 4)).astype(np.float32)
    product = plane[:, 0] * plane[:, 1]
    short = {"max_iter": 40, "random_state": 0}
    classifier = MLPClassifier((5, 4), activation="tanh", **short).fit(plane, product > 0)
    three = make_pipeline(StandardScaler(), MLPClassifier((6,), activation="relu", **short))
    three.fit(four, np.arange(150) % 3)
    regressor = MLPRegressor(hidden_layer_sizes=(5,), activation="logistic", **short)
    regressor.fit(plane, plane.sum(axis=1))
    arrays = {id(classifier): {"zipmap": False}}
    for name, content in (
        ("mlp-binary", to_onnx(classifier, plane[:1])),
        ("mlp-binary-arrays", to_onnx(classifier, plane[:1], options=arrays)),
        ("mlp-three-scaled", to_onnx(three, four[:1])),
        ("mlp-regression", to_onnx(regressor, plane[:1])),
    ):
        (HERE / f"scikit-learn-{name}.onnx").write_bytes(content.SerializeToString())


if __name__ == "__main__":
    main()
