// Before anything is drawn: the colours that the person chose, so that the page never flashes the other ones.
document.documentElement.dataset.theme = localStorage.getItem("theme") ?? "auto";
